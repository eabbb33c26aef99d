using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Types;
using Tieline.Organization.Calendars;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform;

/// <summary>What administrators decide travels as a file.</summary>
public sealed class ConfigurationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task What_one_installation_takes_out_another_takes_over_and_then_nothing_is_left_to_do(TestDatabase on)
    {
        await using var from = await TestHouse.Open(on);
        await Given.A_small_utility(from);
        await WithDays(from);
        await using var to = await TestHouse.Open(on);
        var content = await Export(from);
        await using (var scope = to.As(Roles.BusinessAdministrator))
        {
            var brought = await Bring(scope, content);
            Assert.Contains(brought.Rows, r => r.Part == "contact-types" && r.State == "New");
            Assert.DoesNotContain(brought.Rows, r => r.State == "Refused");
            Assert.True((await Apply(scope, brought)).Added > 0);
        }
        await using (var scope = to.As(Roles.BusinessAdministrator))
        {
            var again = await Bring(scope, content);
            Assert.All(again.Rows, r => Assert.Equal("Same", r.State));
        }
        Assert.Equal(Parts(content), Parts(await Export(to)));
    }

    /// <summary>Things of later and of the past, and what refers to them: they travel like any other.</summary>
    private static async Task WithDays(TestHouse house)
    {
        await using var scope = house.As(Roles.BusinessAdministrator);
        var (past, later) = (new DateOnly(2020, 1, 1), new DateOnly(2040, 1, 1));
        var hours = (await scope.Get<AddCalendar>().Handle(new("SUMMER", "Summer hours", [DayOfWeek.Monday], new TimeOnly(7, 0), new TimeOnly(12, 0), later, later.AddDays(90)), Token)).Value.Id;
        var role = (await scope.Get<AddToDoRole>().Handle(new("SUMMER", "Summer desk", "", later, later.AddDays(90), hours), Token)).Value.Id;
        await scope.Get<AddContactClass>().Handle(new("PAST", "Past", past, past.AddDays(1)), Token);
        var kind = (await scope.Get<AddContactClass>().Handle(new("POOLS", "Pools", later), Token)).Value.Id;
        Assert.True((await scope.Get<AddContactType>().Handle(new() { Code = "POOL", ClassId = kind, Name = "Pool filling", DefaultRoleId = role }, Token)).Ok);
        Assert.True((await scope.Get<Tieline.ToDos.Types.AddToDoType>().Handle(new("POOLWORK", "Pool work", DefaultRoleId: role, FromOn: later, ToOn: later.AddDays(90)), Token)).Ok);
        Assert.True((await scope.Get<Tieline.Organization.Skills.AddSkill>().Handle(new("POOLS", "Pools", later, later.AddDays(90)), Token)).Ok);
    }

    // A field of a type that does not travel would be lost without a word.
    [Theory, BothDatabases]
    public async Task Every_field_of_a_contact_type_travels(TestDatabase on)
    {
        await using var from = await TestHouse.Open(on);
        await using (var scope = from.As(Roles.BusinessAdministrator))
        {
            var kind = await scope.Get<AddContactClass>().Handle(new("CARRIED", "Carried"), Token);
            var role = await scope.Get<AddToDoRole>().Handle(new("CARRIERS", "Carriers"), Token);
            var added = await scope.Get<AddContactType>().Handle(new()
            {
                Code = "WHOLE", ClassId = kind.Value.Id, Name = "Whole", Shorthand = "wh", DefaultText = "Said\nin two lines", DefaultDirection = ContactDirection.Outbound,
                PersonRule = LinkRule.NotAllowed, AccountRule = LinkRule.NotAllowed, PremiseRule = LinkRule.Required, StaysOpen = true, Emergency = true, Script = "Leave the house\nOpen the windows", DefaultRoleId = role.Value.Id,
                Translations = new Dictionary<string, string> { ["es"] = "Entero" }, FromOn = new DateOnly(2026, 1, 2), ToOn = new DateOnly(2031, 3, 4),
                Characteristics = [new("READING", "Reading", CharacteristicKind.Number, true), new("HOW", "How", CharacteristicKind.Choice, false, "by eye\nby phone")],
            }, Token);
            Assert.True(added.Ok, added.ToString());
        }
        var content = await Export(from);
        var row = JsonNode.Parse(content)!["parts"]!["contact-types"]!.AsArray().Single(r => (string)r!["code"]! == "WHOLE")!.AsObject();
        var notSaid = typeof(TypeFields).GetProperties().Select(p => char.ToLowerInvariant(p.Name[0]) + p.Name[1..])
            .Except(["classId", "defaultRoleId"]).Where(name => row[name] is null);
        Assert.Empty(notSaid);

        await using var to = await TestHouse.Open(on);
        await using (var scope = to.As(Roles.BusinessAdministrator))
            await Apply(scope, await Bring(scope, content));
        var arrived = JsonNode.Parse(await Export(to))!["parts"]!["contact-types"]!.AsArray().Single(r => (string)r!["code"]! == "WHOLE")!;
        Assert.True(JsonNode.DeepEquals(row, arrived), arrived.ToJsonString());
    }

    [Theory, BothDatabases]
    public async Task A_change_is_shown_before_it_is_made_and_only_what_is_chosen_is_taken_over(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        await scope.Get<AddContactClass>().Handle(new("BILLS", "Bills"), Token);
        await scope.Get<AddContactClass>().Handle(new("POWER", "Power"), Token);
        var file = JsonNode.Parse(await Export(house))!;
        foreach (var row in file["parts"]!["contact-classes"]!.AsArray())
            row!["name"] = $"{row["name"]} renamed";
        var brought = await Bring(scope, file.ToJsonString());
        var change = Assert.Single(brought.Rows.Single(r => r.Key == "BILLS").Changes);
        Assert.Equal(new PlannedChange("name", "Bills", "Bills renamed"), change);
        Assert.Equal(0, await scope.Get<AppDb>().Set<ContactClass>().CountAsync(c => c.Name.Contains("renamed"), Token));

        var done = await scope.Get<ApplyConfiguration>().Handle(new(brought.Id, brought.Version, ["contact-classes/BILLS"]), Token);
        Assert.Equal(new ApplyConfiguration.Applied(0, 1), done.Value);
        await using var after = house.As(Roles.BusinessAdministrator);
        Assert.Equal(["Bills renamed"], await after.Get<AppDb>().Set<ContactClass>().Where(c => c.Name.Contains("renamed")).Select(c => c.Name).ToListAsync(Token));
        // At every edge this is told as a conflict.
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => after.Get<ApplyConfiguration>().Handle(new(brought.Id, brought.Version, null), Token));
    }

    [Theory, BothDatabases]
    public async Task All_or_none_is_taken_over(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var brought = await Bring(scope, """
            {"tieline":"configuration","version":1,"parts":{"to-do-roles":[{"code":"GOOD","name":"Good"}],
             "to-do-types":[{"code":"GOODWORK","name":"Good work","defaultPriority":5,"defaultRole":"GOOD"},{"code":"BAD","name":"Bad","defaultPriority":5,"defaultRole":"NOBODY"}]}}
            """);
        // What the room will say is said beside the row, before anything is taken over; what refers to a row of the same file finds it.
        Assert.Equal([("GOOD", null), ("GOODWORK", null), ("BAD", "There is no To Do role 'NOBODY' here.")], brought.Rows.Select(r => (r.Key, r.Problem)));
        Assert.All(brought.Rows, r => Assert.Equal("New", r.State));
        Assert.False(await scope.Db.Set<ToDoRole>().AnyAsync(r => r.Code == "GOOD", Token));
        using (var browser = await house.SignedIn(Roles.BusinessAdministrator))
            Assert.Contains("Would be refused", await browser.GetStringAsync($"/admin/configuration/{brought.Id}", Token), StringComparison.Ordinal);
        var outcome = await scope.Get<ApplyConfiguration>().Handle(new(brought.Id, brought.Version), Token);
        Assert.Contains(brought.Rows[2].Problem!, outcome.Problems.Single().Message, StringComparison.Ordinal);
        await using var after = house.As(Roles.BusinessAdministrator);
        Assert.False(await after.Get<AppDb>().Set<ToDoRole>().AnyAsync(r => r.Code == "GOOD", Token));
    }

    [Theory, BothDatabases]
    public async Task Holidays_come_and_go_with_their_calendar(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var brought = await Bring(scope, """
            {"tieline":"configuration","version":1,"parts":{"calendars":[{"code":"YARD","name":"Yard","workDays":["Monday","Saturday"],"opensAt":"06:00:00","closesAt":"14:00:00",
             "holidays":[{"on":"2027-12-24","name":"Christmas Eve"},{"on":"2027-12-31","name":"New Year's Eve"}]}]}}
            """);
        await Apply(scope, brought);
        await Apply(scope, await Bring(scope, """
            {"tieline":"configuration","version":1,"parts":{"calendars":[{"code":"YARD","name":"Yard","workDays":["Monday"],"opensAt":"06:00:00","closesAt":"14:00:00",
             "holidays":[{"on":"2027-12-24","name":"Holy Night"}]}]}}
            """));
        await using var after = house.As(Roles.BusinessAdministrator);
        var yard = await after.Get<AppDb>().Set<BusinessCalendar>().SingleAsync(c => c.Code == "YARD", Token);
        Assert.Equal([DayOfWeek.Monday], yard.OpenDays);
        Assert.Equal(["Holy Night"], await after.Get<AppDb>().Set<Holiday>().Where(h => h.CalendarId == yard.Id).Select(h => h.Name).ToListAsync(Token));
    }

    [Theory, BothDatabases]
    public async Task Shift_patterns_travel_with_their_calendar(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        await Apply(scope, await Bring(scope, """
            {"tieline":"configuration","version":1,"parts":{"calendars":[{"code":"YARD","name":"Yard","workDays":["Monday","Saturday"],"opensAt":"06:00:00","closesAt":"14:00:00","holidays":[]}],
             "shift-patterns":[{"code":"YARD-NIGHT","name":"Yard, by night","calendar":"YARD","days":[{"day":"Monday","fromAt":"22:00:00","toAt":"06:00:00"}]},
              {"code":"OLD","name":"Old","calendar":"YARD","days":[{"day":"Friday","fromAt":"08:00:00","toAt":"12:00:00"}],"worksClosed":true,"active":false}]}}
            """));
        await using (var after = house.As(Roles.BusinessAdministrator))
        {
            var patterns = await after.Get<AppDb>().Set<Tieline.Organization.Shifts.ShiftPattern>().OrderBy(p => p.Code).ToListAsync(Token);
            Assert.Equal([("OLD", "- - - - 08:00-12:00 - -", true, false), ("YARD-NIGHT", "22:00-06:00 - - - - - -", false, true)], patterns.Select(p => (p.Code, p.Week, p.WorksClosed, p.Active)));
        }
        await using var again = house.As(Roles.BusinessAdministrator);
        var refused = await Bring(again, """{"tieline":"configuration","version":1,"parts":{"shift-patterns":[{"code":"X","name":"X","calendar":"NOBODY","days":[]}]}}""");
        Assert.Contains("There is no calendar 'NOBODY' here.", (await again.Get<ApplyConfiguration>().Handle(new(refused.Id, refused.Version), Token)).Problems[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "required")]
    [InlineData("{", "configuration.json")]
    [InlineData("{\"tieline\":\"configuration\",\"version\":1,\"parts\":{\"skills\":[{\"code\":\"A\",\"code\":\"B\"}]}}", "configuration.json")]
    [InlineData("[]", "configuration.kind")]
    [InlineData("{\"tieline\":\"configuration\",\"version\":2,\"parts\":{}}", "configuration.version")]
    [InlineData("{\"tieline\":\"configuration\",\"version\":1,\"parts\":{\"skills\":[1]}}", "configuration.shape")]
    [InlineData("{\"tieline\":\"configuration\",\"version\":1,\"parts\":{\"skills\":null}}", "configuration.shape")]
    [InlineData("{\"tieline\":7,\"version\":1,\"parts\":{}}", "configuration.shape")]
    public void Rubbish_is_told_in_words(string content, string rule) =>
        Assert.Equal(rule, ConfigurationFile.Read(content, "Content").Problems.Single().Rule);

    [Theory, BothDatabases]
    public async Task What_cannot_be_read_is_refused_row_by_row(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var brought = await Bring(scope, """
            {"tieline":"configuration","version":1,"parts":{"skills":[{"code":"A"},{"code":"B","name":"B","odd":1},{"code":"C","name":"C"},{"code":"C","name":"Again"}],"no-such":[{}]}}
            """);
        Assert.Equal(["Refused", "Refused", "New", "Refused", "Refused"], brought.Rows.Select(r => r.State));
        // Without a choice it is the whole file, or nothing.
        Assert.Equal("configuration.refused", (await scope.Get<ApplyConfiguration>().Handle(new(brought.Id, brought.Version), Token)).Problems[0].Rule);
        var outcome = await scope.Get<ApplyConfiguration>().Handle(new(brought.Id, brought.Version, ["skills/C", "no-such/"]), Token);
        Assert.False(outcome.Ok);
    }

    // Each of these once ended in a failure of the programme, or in a row that nothing can use.
    [Theory, BothDatabases]
    public async Task Odd_rows_are_told_in_words_and_change_nothing(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        foreach (var part in (string[])
            [
                """ "calendars":[{"code":"YARD","name":"Yard","workDays":["Monday"],"opensAt":"06:00:00","closesAt":"14:00:00","holidays":[null]}] """,
                """ "calendars":[{"code":"YARD","name":"Yard","workDays":[77],"opensAt":"06:00:00","closesAt":"14:00:00","holidays":[]}] """,
                """ "rights":[{"role":"csr","rights":[null]}] """, """ "rights":[{"role":"root","rights":[]}] """, """ "contact-classes":[{"code":"A B","name":"Odd code"}] """,
                """ "contact-classes":[{"code":"GOOD","name":"Good"},{"code":"BAD","name":"Bad","fromOn":"2027-02-01","toOn":"2027-01-01"}] """,
            ])
        {
            var brought = await Bring(scope, """{"tieline":"configuration","version":1,"parts":{""" + part + "}}");
            await using var apply = house.As(Roles.BusinessAdministrator);
            var outcome = await apply.Get<ApplyConfiguration>().Handle(new(brought.Id, brought.Version), Token);
            Assert.False(outcome.Ok, part);
            Assert.All(outcome.Problems, p => Assert.True(p.Message.Length > 20, p.Message));
        }
        await using var after = house.As(Roles.BusinessAdministrator);
        Assert.False(await after.Db.Set<BusinessCalendar>().AnyAsync(c => c.Code == "YARD", Token));
        Assert.False(await after.Db.Set<ContactClass>().AnyAsync(c => c.Code == "GOOD", Token));
        // Small letters are how somebody typed it.
        await Apply(scope, await Bring(scope, """{"tieline":"configuration","version":1,"parts":{"contact-classes":[{"code":"gardens","name":"Gardens"}]}}"""));
        Assert.True(await after.Db.Set<ContactClass>().AnyAsync(c => c.Code == "GARDENS", Token));
    }

    [Theory, BothDatabases]
    public async Task A_part_needs_its_own_right_and_a_CSR_carries_nothing(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using (var scope = house.As(Roles.Csr))
            await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<ExportConfiguration>().Handle(new(), Token));
        // May carry, keeps no contact types.
        await using var technical = house.As(Roles.TechnicalAdministrator);
        Assert.DoesNotContain((await technical.Get<ListConfiguration>().Handle(new(), Token)).Value, p => p.Part == "contact-types");
        var brought = await Bring(technical, """{"tieline":"configuration","version":1,"parts":{"contact-classes":[{"code":"X","name":"X"}]}}""");
        Assert.Equal("You have no right to these.", Assert.Single(brought.Rows).Problem);
    }

    [Theory, BothDatabases]
    public async Task The_command_writes_a_file_and_takes_one_over(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using (var scope = house.As(Roles.BusinessAdministrator))
            await scope.Get<AddContactClass>().Handle(new("CARRIED", "Carried"), Token);
        var at = await TypedCommand.At(house);
        var file = Path.Combine(house.Directory, "configuration.json");
        Assert.Equal(0, (await TypedCommand.Type(["configuration", "export", file, "--part", "contact-classes", .. at])).Code);
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, Token)).Replace("\"Carried\"", "\"Carried over\"", StringComparison.Ordinal), Token);
        var (_, shown, _) = await TypedCommand.Type(["configuration", "import", file, .. at]);
        Assert.Contains("name: Carried -> Carried over", shown, StringComparison.Ordinal);
        var (code, output, error) = await TypedCommand.Type(["configuration", "import", file, "--apply", .. at]);
        Assert.True(code == 0, error);
        Assert.EndsWith("0 added, 1 changed", output, StringComparison.Ordinal);
    }

    private static async Task<string> Export(TestHouse house)
    {
        await using var scope = house.As(Roles.BusinessAdministrator);
        var exported = await scope.Get<ExportConfiguration>().Handle(new(), Token);
        Assert.True(exported.Ok, exported.ToString());
        return exported.Value.Content;
    }

    private static async Task<BroughtConfiguration> Bring(TestScope scope, string content)
    {
        var added = await scope.Get<BringConfiguration>().Handle(new(content, "other.json"), Token);
        Assert.True(added.Ok, added.ToString());
        return (await scope.Get<GetBroughtConfiguration>().Handle(new(added.Value.Id), Token)).Value;
    }

    private static async Task<ApplyConfiguration.Applied> Apply(TestScope scope, BroughtConfiguration brought)
    {
        var applied = await scope.Get<ApplyConfiguration>().Handle(new(brought.Id, brought.Version), Token);
        Assert.True(applied.Ok, applied.ToString());
        return applied.Value;
    }

    private static string Parts(string content) => JsonNode.Parse(content)!["parts"]!.ToJsonString();
}
