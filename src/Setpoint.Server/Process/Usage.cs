namespace Setpoint.Server.Process;

/// <summary>What <c>--help</c> prints.</summary>
internal static class Usage
{
    public const string Text = """
        Setpoint server: configuration, checked and versioned, pushed to every process that follows it.

        Usage:
          Setpoint.Server                   start the server; Ctrl-C stops it
          Setpoint.Server restore [--replace] <file>
                                            put a backup (GET /api/backup) in place while the server is stopped;
                                            --replace moves a ledger that is there aside
          Setpoint.Server --help

        Environment variables:
          CONFIG_API_PORT        API and UI port; 0 picks a free one (default 3001)
          CONFIG_WS_PORT         additional WebSocket port, served at / and /ws (default: none)
          SETPOINT_BIND          address to listen on (default 127.0.0.1)
          SETPOINT_DATA          folder of the ledger (default ./data)
          SETPOINT_ADMIN_KEY     first administrator's API key (default: generated, kept in <data>/admin.key)
          SETPOINT_CONFIG_TREE   folder to import and follow (default: none)
          SETPOINT_REFERENCE_ENV    environment variables that configurations may refer to, separated by commas,
                                    APP_* for all that begin so (default: none)
          SETPOINT_REFERENCE_FILES  folder whose files configurations may refer to (default: none)
          SETPOINT_ANALYTICS_DAYS   days that counts of evaluations are kept, 1 to 730 (default 90)
          SETPOINT_CORS_ORIGINS  origins whose pages may call, separated by commas (default: none)
          LOG_LEVEL              error, warn, info or debug (default info)
          OTEL_EXPORTER_OTLP_ENDPOINT  where traces and metrics are sent (default: nowhere)
          OTEL_EXPORTER_OTLP_PROTOCOL  grpc or http/protobuf (default grpc)
        """;
}
