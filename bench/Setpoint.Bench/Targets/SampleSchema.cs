using System.Text.Json.Nodes;

namespace Setpoint.Bench.Targets;

/// <summary>A service's configuration of 2 KB as people write them, its schema, and ten ways to break it.</summary>
internal static class SampleSchema
{
    public const string Schema = """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "Order service",
          "type": "object",
          "required": ["service", "server", "database", "logging"],
          "additionalProperties": false,
          "properties": {
            "service": {
              "type": "object", "required": ["name", "version", "owner"], "additionalProperties": false,
              "properties": {
                "name": {"type": "string", "pattern": "^[a-z][a-z0-9-]{1,62}$"},
                "version": {"type": "string", "pattern": "^\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?$"},
                "owner": {"type": "string", "format": "email"},
                "tags": {"type": "array", "maxItems": 16, "uniqueItems": true, "items": {"type": "string", "minLength": 1, "maxLength": 32}}
              }
            },
            "server": {
              "type": "object", "required": ["host", "port"], "additionalProperties": false,
              "properties": {
                "host": {"type": "string", "format": "hostname"},
                "port": {"$ref": "#/$defs/port"},
                "metricsPort": {"$ref": "#/$defs/port"},
                "requestTimeoutMs": {"$ref": "#/$defs/milliseconds"},
                "shutdownTimeoutMs": {"$ref": "#/$defs/milliseconds"},
                "maxBodyBytes": {"type": "integer", "minimum": 1024, "maximum": 104857600},
                "cors": {"type": "object", "properties": {
                  "origins": {"type": "array", "items": {"type": "string", "format": "uri"}},
                  "credentials": {"type": "boolean"}}, "additionalProperties": false},
                "tls": {"type": "object", "required": ["enabled"], "properties": {"enabled": {"type": "boolean"}, "cert": {"type": "string"}, "key": {"type": "string"}},
                  "if": {"properties": {"enabled": {"const": true}}}, "then": {"required": ["cert", "key"]}}
              }
            },
            "database": {"$ref": "#/$defs/database"},
            "replicas": {"type": "array", "items": {"$ref": "#/$defs/database"}, "maxItems": 8},
            "cache": {
              "oneOf": [
                {"type": "object", "properties": {"kind": {"const": "memory"}, "sizeMb": {"type": "integer", "minimum": 1}}, "required": ["kind", "sizeMb"], "additionalProperties": false},
                {"type": "object", "properties": {"kind": {"const": "redis"}, "url": {"type": "string", "format": "uri"}, "ttlSeconds": {"type": "integer", "minimum": 0}}, "required": ["kind", "url"], "additionalProperties": false}
              ]
            },
            "logging": {
              "type": "object", "required": ["level"],
              "properties": {
                "level": {"$ref": "#/$defs/level"},
                "format": {"enum": ["json", "text"]},
                "sampling": {"type": "number", "minimum": 0, "maximum": 1},
                "overrides": {"type": "object", "propertyNames": {"pattern": "^[A-Za-z][A-Za-z0-9.]*$"}, "additionalProperties": {"$ref": "#/$defs/level"}}
              },
              "additionalProperties": false
            },
            "limits": {
              "type": "object",
              "patternProperties": {"^[a-z]+\\.[a-z]+$": {"type": "object", "properties": {"perSecond": {"type": "integer", "minimum": 1}, "burst": {"type": "integer", "minimum": 1}}, "required": ["perSecond"], "additionalProperties": false}},
              "additionalProperties": false
            },
            "features": {"type": "object", "additionalProperties": {"type": "boolean"}},
            "retention": {"type": "object", "properties": {"days": {"type": "integer", "minimum": 1, "maximum": 3650}, "archive": {"type": "boolean"}, "schedule": {"type": "string", "format": "time"}}, "required": ["days"]}
          },
          "$defs": {
            "port": {"type": "integer", "minimum": 1, "maximum": 65535},
            "milliseconds": {"type": "integer", "minimum": 0, "maximum": 600000},
            "level": {"enum": ["trace", "debug", "info", "warn", "error"]},
            "database": {
              "type": "object", "required": ["host", "name", "pool"], "additionalProperties": false,
              "properties": {
                "host": {"type": "string", "format": "hostname"},
                "port": {"$ref": "#/$defs/port"},
                "name": {"type": "string", "minLength": 1, "maxLength": 63},
                "user": {"type": "string"},
                "pool": {"type": "object", "required": ["min", "max"], "properties": {"min": {"type": "integer", "minimum": 0}, "max": {"type": "integer", "minimum": 1, "maximum": 500}, "idleTimeoutMs": {"$ref": "#/$defs/milliseconds"}}, "additionalProperties": false},
                "options": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}}
              }
            }
          }
        }
        """;

    public const string Document = """
        {
          "service": {"name": "order-service", "version": "2.14.3", "owner": "orders@example.com", "tags": ["orders", "payments", "tier-1", "eu"]},
          "server": {
            "host": "orders.internal.example.com", "port": 8080, "metricsPort": 9090, "requestTimeoutMs": 30000, "shutdownTimeoutMs": 10000, "maxBodyBytes": 1048576,
            "cors": {"origins": ["https://shop.example.com", "https://admin.example.com"], "credentials": true},
            "tls": {"enabled": true, "cert": "/etc/tls/tls.crt", "key": "/etc/tls/tls.key"}
          },
          "database": {
            "host": "db-primary.internal.example.com", "port": 5432, "name": "orders", "user": "orders_app",
            "pool": {"min": 2, "max": 40, "idleTimeoutMs": 30000},
            "options": {"sslmode": "verify-full", "statement_timeout": 15000, "application_name": "order-service", "keepalives": true}
          },
          "replicas": [
            {"host": "db-replica-1.internal.example.com", "port": 5432, "name": "orders", "user": "orders_ro", "pool": {"min": 1, "max": 20, "idleTimeoutMs": 60000}},
            {"host": "db-replica-2.internal.example.com", "port": 5432, "name": "orders", "user": "orders_ro", "pool": {"min": 1, "max": 20, "idleTimeoutMs": 60000}}
          ],
          "cache": {"kind": "redis", "url": "redis://cache.internal.example.com:6379/0", "ttlSeconds": 300},
          "logging": {"level": "info", "format": "json", "sampling": 0.25, "overrides": {"Orders.Payments": "debug", "Orders.Http": "warn", "Microsoft": "error"}},
          "limits": {
            "orders.create": {"perSecond": 50, "burst": 100}, "orders.read": {"perSecond": 500, "burst": 1000}, "orders.cancel": {"perSecond": 10}
          },
          "features": {"newCheckout": true, "splitShipments": false, "giftCards": true, "expressRefunds": false, "loyalty": true},
          "retention": {"days": 365, "archive": true, "schedule": "03:30:00Z"}
        }
        """;

    public static IEnumerable<string> Broken()
    {
        yield return With(root => root["server"]!["port"] = 70_000);
        yield return With(root => root["server"]!["port"] = "8080");
        yield return With(root => root["service"]!["name"] = "Order Service");
        yield return With(root => root["logging"]!["level"] = "verbose");
        yield return With(root => root.AsObject().Remove("database"));
        yield return With(root => root["database"]!["pool"]!["maxx"] = 5);
        yield return With(root => root["cache"]!["url"] = 5);
        yield return With(root => root["server"]!["tls"]!.AsObject().Remove("key"));
        yield return With(root => root["retention"]!["days"] = 0);
        yield return With(root => root["features"]!["newCheckout"] = "yes");
    }

    private static string With(Action<JsonNode> change)
    {
        var root = JsonNode.Parse(Document)!;
        change(root);
        return root.ToJsonString();
    }
}
