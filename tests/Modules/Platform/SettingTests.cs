using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Batch;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform;

public sealed class SettingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task A_setting_is_changed_works_at_once_and_is_on_record(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var line = await Line(scope, HouseSettings.TimeZone.Name);
        Assert.Equal(("America/Los_Angeles", 0), (line.Value, line.Version));
        var changed = await scope.Get<ChangeSetting>().Handle(new(line.Name, " America/New_York ", line.Version), Token);
        Assert.True(changed.Ok, changed.ToString());
        Assert.Equal("America/New_York", (await scope.Get<IUtilityClock>().Zone(Token)).Id);
        Assert.Equal("America/New_York", (await Line(scope, line.Name)).Value);
        var entry = Assert.Single(await scope.Get<IAuditTrail>().Of(new RecordRef("setting", 0), 10, null, Token), e => e.Action == "changed");
        Assert.Contains("\"utility.time_zone\":[\"America/Los_Angeles\",\"America/New_York\"]", entry.Changes, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Of_two_people_who_change_it_the_second_hears_of_the_first(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var change = scope.Get<ChangeSetting>();
        Assert.True((await change.Handle(new(Retention.LookDays.Name, "365", 0), Token)).Ok);
        var second = await change.Handle(new(Retention.LookDays.Name, "400", 0), Token);
        Assert.Equal(Problem.ConflictRule, Assert.Single(second.Problems).Rule);
        Assert.Equal("365", (await Line(scope, Retention.LookDays.Name)).Value);
    }

    [Theory]
    [BothDatabases]
    public async Task What_cannot_stand_there_is_refused_at_the_field(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.TechnicalAdministrator);
        foreach (var (name, value) in new[]
        {
            ("utility.time_zone", "America/Nowhere"), ("utility.time_zone", "Pacific Standard Time"), ("utility.country", "us"), ("utility.country", "XQ"),
            ("utility.currency", "Dollar"), ("utility.name", "  "), ("retention.audit_days", "0"), ("retention.look_days", "-1"),
            ("retention.job_days", "a week"), ("limits.api_per_minute", "99999999999"), ("contacts.lead_days", "366"),
        })
        {
            var outcome = await scope.Get<ChangeSetting>().Handle(new(name, value, 0), Token);
            Assert.True(outcome is { Ok: false, Problems: [{ Field: nameof(ChangeSetting.Input.Value) }] }, $"{name} = '{value}': {outcome}");
        }
        Assert.Equal(Problem.NotFoundRule, Assert.Single((await scope.Get<ChangeSetting>().Handle(new("no.such", "1", 0), Token)).Problems).Rule);
        foreach (var line in (await scope.Get<ListSettings>().Handle(new(), Token)).Value)
            Assert.True((await scope.Get<ChangeSetting>().Handle(new(line.Name, line.Default, line.Version), Token)).Ok, $"the default of {line.Name}");
        Assert.Equal("utility.country", Assert.Single((await scope.Get<ListSettings>().Handle(new("ISO 3166"), Token)).Value).Name);
    }

    [Theory, BothDatabases]
    public async Task Page_and_API_change_it_for_administrators_only(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        using var admin = await house.SignedIn(Roles.BusinessAdministrator);
        Assert.Contains("IANA time zone of the utility", await admin.GetStringAsync("/admin/settings?q=zone", Token), StringComparison.Ordinal);
        Assert.Contains("America/Los_Angeles", await admin.GetStringAsync("/admin/settings/utility.time_zone", Token), StringComparison.Ordinal);
        using var missing = await admin.GetAsync("/admin/settings/no.such", Token);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        using var csr = await house.SignedIn(Roles.Csr);
        foreach (var path in (string[])["/admin/settings", "/admin/settings/utility.time_zone"])
        {
            using var refused = await csr.GetAsync(path, Token);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        using var machine = await house.Machine(PlatformPermissions.ChangeSettings);
        using var put = await machine.PutAsJsonAsync("/api/v1/settings/utility.name", new { value = "Town Water", version = 0 }, Token);
        Assert.Equal(HttpStatusCode.NoContent, put.StatusCode);
        Assert.Contains("Town Water", await machine.GetStringAsync("/api/v1/settings?search=utility.name", Token), StringComparison.Ordinal);
        using var stranger = await house.Machine(PlatformPermissions.ReadAudit);
        using var forbidden = await stranger.PutAsJsonAsync("/api/v1/settings/utility.name", new { value = "Mine", version = 1 }, Token);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
    }

    [Fact]
    public void Every_declared_setting_can_be_changed()
    {
        var rooms = Tieline.Host.House.Modules.Modules;
        var declared = rooms.SelectMany(m => m.Assembly.GetTypes()).SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(f => typeof(ISettingKey).IsAssignableFrom(f.FieldType)).Select(f => ((ISettingKey)f.GetValue(null)!).Name)
            .Where(name => !name.StartsWith("demo.", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        Assert.Equal(declared, rooms.SelectMany(m => m.Settings).Select(s => s.Name).Order(StringComparer.Ordinal));
    }

    private static async Task<SettingLine> Line(TestScope scope, string name) =>
        (await scope.Get<ListSettings>().Handle(new(), Token)).Value.Single(l => l.Name == name);
}
