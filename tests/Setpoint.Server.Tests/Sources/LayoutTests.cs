using Setpoint.Server.Sources;

namespace Setpoint.Server.Tests.Sources;

public sealed class LayoutTests
{
    [Theory]
    [InlineData("global.json", "config/global/base")]
    [InlineData("global.yml", "config/global/base")]
    [InlineData("environments/production.yaml", "config/global/env/production")]
    [InlineData("services/notification-service.json", "config/notification-service/base")]
    [InlineData("services/notification-service/production.json", "config/notification-service/env/production")]
    [InlineData("services/a.b.JSON", "config/a.b/base")]
    [InlineData("schemas/mail.yaml", "schema/mail")]
    [InlineData("schemas/global.json", "schema/global")]
    [InlineData("schemas/global_schema.json", "schema/global")]
    [InlineData("schemas/service_schemas/mail.json", "schema/mail")]
    public void A_path_stands_for_a_document(string path, string address)
    {
        var place = TreeLayout.PlaceOf(path);

        place.Kind.ShouldBe(TreePlaceKind.Document);
        place.Address!.Text.ShouldBe(address);
        TreeLayout.PlaceOf(TreeLayout.PathOf(place.Address)).Address.ShouldBe(place.Address);
    }

    [Theory]
    [InlineData("schemas/a/b.json", nameof(TreePlaceKind.Unused))]
    [InlineData("schemas/-x.json", nameof(TreePlaceKind.Refused))]
    [InlineData("other.json", nameof(TreePlaceKind.Unused))]
    [InlineData("services/a/b/c.json", nameof(TreePlaceKind.Unused))]
    [InlineData("global/x.json", nameof(TreePlaceKind.Unused))]
    [InlineData("services/a b.json", nameof(TreePlaceKind.Refused))]
    [InlineData("services/global/production.json", nameof(TreePlaceKind.Refused))]
    [InlineData("services/a/-x.json", nameof(TreePlaceKind.Refused))]
    [InlineData("README.md", nameof(TreePlaceKind.Ignored))]
    [InlineData("services/4913", nameof(TreePlaceKind.Ignored))]
    [InlineData("services/mail.json~", nameof(TreePlaceKind.Ignored))]
    [InlineData("services/.mail.json", nameof(TreePlaceKind.Ignored))]
    [InlineData(".git/global.json", nameof(TreePlaceKind.Ignored))]
    [InlineData("..data/global.json", nameof(TreePlaceKind.Ignored))]
    public void Every_other_path_has_its_reason(string path, string kind) => TreeLayout.PlaceOf(path).Kind.ToString().ShouldBe(kind);

    [Theory]
    [InlineData("/a", 2, 3)]
    [InlineData("/a/1", 2, 12)]
    [InlineData("/é~1/b", 3, 17)]
    [InlineData("", 1, 1)]
    public void A_pointer_leads_to_a_line_and_column(string pointer, int line, int column)
    {
        var text = "{\n  \"a\": [1, 2],\n  \"é/\": { \"x\":1,\"b\": 3 }\n}"u8;

        JsonPlaces.Find(text, pointer).ShouldBe((line, column));
    }

    [Theory]
    [InlineData("/a/2")]
    [InlineData("/a/x")]
    [InlineData("/z")]
    [InlineData("/a/0/0")]
    public void A_pointer_that_leads_nowhere_has_no_place(string pointer) => JsonPlaces.Find("{\"a\":[1,2]}"u8, pointer).ShouldBeNull();
}
