using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Reasons;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Platform;

/// <summary>"Why?" is a question every record answers.</summary>
public partial class WhyTests
{
    /// <summary>No records of their own: parts that are told of with the record they belong to, questions that were asked, and what the house keeps for itself.</summary>
    private static readonly string[] NotAsked =
        ["account_person", "caller", "closed", "consent", "data_key", "permission", "relationship", "search", "setting", "text", "training", "web_hook_delivery"];

    [Theory, BothDatabases]
    public async Task What_the_night_made_leads_back_to_the_call_in_which_it_was_promised(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var day = DateOnly.FromDateTime(house.Clock.GetUtcNow().UtcDateTime).AddDays(3);
        string reference;
        await using (var scope = house.As(Actors.Of(Roles.Csr, given.Employee)))
        {
            var call = await scope.Get<StartInteraction>().Handle(new(Channel.Phone, NumberOrPlace: "541 555 0100"), CancellationToken.None);
            Assert.True(call.Ok, call.ToString());
            var recorded = await scope.Get<RecordContact>().Handle(
                new(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "promised", Reminder: new ReminderBook.Promise(day), InteractionId: call.Value.Id, WrapUpCodeId: await Contacts.Interactions.InteractionTests.AWrapUp(house, "DONE", resolves: true)), CancellationToken.None);
            Assert.True(recorded.Ok, recorded.ToString());
            reference = recorded.Value.Reference;
        }
        await using (var scope = house.As(Roles.Operator))
            Assert.True((await scope.Get<SubmitBatch>().Handle(new("TD-CCCB", day, null, Anyway: true), CancellationToken.None)).Ok);
        await house.RunJobs();

        var supervisor = await house.SignedIn(Roles.Supervisor, given.Employee);
        long toDo;
        await using (var scope = house.As(Roles.Supervisor))
        {
            toDo = await scope.Db.Set<ToDo>().Where(t => t.TypeCode == "TD-CCCB").Select(t => t.Id).SingleAsync();
            var chain = (await scope.Get<AskWhy>().Handle(new($"to_do:{toDo}"), CancellationToken.None)).Value.Lines;
            Assert.Equal(["to_do", "batch_run", "reminder", "contact", "interaction"], chain.Select(l => l.Kind).Distinct());
            Assert.StartsWith("Tieline made the To Do", chain[0].Text, StringComparison.Ordinal);
            Assert.Contains(chain, l => l.Kind == "batch_run" && l.Text.Contains($"TD-CCCB 1 for {day:d MMMM yyyy}", StringComparison.Ordinal) && l.Href!.StartsWith("/operations/runs/", StringComparison.Ordinal));
            Assert.Contains(chain, l => l.Kind == "reminder" && l.Text.StartsWith("Test csr made the promise", StringComparison.Ordinal) && l.At is not null);
            Assert.Contains(chain, l => l.Kind == "contact" && l.Text.Contains(reference, StringComparison.Ordinal));
            Assert.Contains(chain, l => l.Kind == "interaction" && l.Text.StartsWith("Test csr began the call", StringComparison.Ordinal));
            Assert.Contains($"{AskWhy.LookedAs}: to_do:{toDo}", await scope.LooksAt(new RecordRef("person", given.Person)));
        }
        var page = WebUtility.HtmlDecode(await supervisor.GetStringAsync($"/why/to_do:{toDo}"));
        Assert.Contains(reference, page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/why/to_do:{toDo}\"", await supervisor.GetStringAsync($"/todos/{toDo}"), StringComparison.Ordinal);

        // Who may not see batch runs and contacts reads that there were some, and no more.
        await using (var scope = house.As(new Actor(ActorKind.Employee, given.Employee, "New", new HashSet<string> { "todos.work" })))
        {
            var chain = (await scope.Get<AskWhy>().Handle(new($"to_do:{toDo}"), CancellationToken.None)).Value.Lines;
            Assert.Contains(chain, l => l is { Kind: "batch_run", Href: null, Text: "Test operator submitted a batch run" });
            Assert.DoesNotContain(chain, l => l.Text.Contains(reference, StringComparison.Ordinal) || (l.Kind != "to_do" && l.Href is not null));
        }
    }

    [Theory, BothDatabases]
    public async Task Nobody_is_told_more_than_they_may_see(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        long contact;
        await using (var scope = house.As(Roles.Csr))
        {
            var recorded = await scope.Get<RecordContact>().Handle(new(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "said"), CancellationToken.None);
            contact = recorded.Value.Id;
        }
        var csr = await house.SignedIn(Roles.Csr, 41);
        Assert.Contains("Ana Ruiz", WebUtility.HtmlDecode(await csr.GetStringAsync($"/why/person:{given.Person}")), StringComparison.Ordinal);
        await using (var scope = house.As(Actor.Process("test")))
        {
            (await scope.Db.Set<Person>().SingleAsync(p => p.Id == given.Person)).Restrict(PersonRestriction.Vip, "the mayor");
            await scope.Db.SaveChangesAsync();
        }
        foreach (var subject in (string[])[$"person:{given.Person}", $"account:{given.Account}", $"contact:{contact}"])
        {
            var closed = await csr.GetAsync($"/why/{subject}");
            var html = await closed.Content.ReadAsStringAsync();
            Assert.Equal((subject, HttpStatusCode.Forbidden), (subject, closed.StatusCode));
            Assert.DoesNotContain("Ruiz", html, StringComparison.Ordinal);
            Assert.DoesNotContain("High bill", html, StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.OK, (await (await house.SignedIn(Roles.Supervisor, 42)).GetAsync($"/why/contact:{contact}")).StatusCode);

        Assert.Equal(HttpStatusCode.Forbidden, (await csr.GetAsync("/why/user_account:1")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await house.SignedIn(Roles.Operator, 43)).GetAsync($"/why/contact:{contact}")).StatusCode);
        foreach (var rubbish in (string[])["contact:999999999", "contact", "nothing:1", "person:-1", "contact:1%27%20or%201=1", $"contact:{new string('9', 60)}"])
            Assert.Equal((rubbish, HttpStatusCode.NotFound), (rubbish, (await csr.GetAsync($"/why/{rubbish}")).StatusCode));
        var api = await house.Machine("contacts.read", "customers.restricted");
        Assert.Equal("contact", (await api.GetFromJsonAsync<JsonElement>($"/api/v1/why/contact:{contact}")).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Every_kind_of_record_answers()
    {
        await using var house = await TestHouse.Open(TestDatabase.Sqlite);
        await using var scope = house.As(Actor.Process("test"));
        var pages = scope.Get<IEnumerable<RecordPage>>().ToList();
        Assert.Empty(pages.GroupBy(p => p.Kind).Where(g => g.Count() > 1).Select(g => g.Key));
        var known = pages.Select(p => p.Kind).Concat(NotAsked).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(scope.Get<IEnumerable<ITellsWhy>>().Select(t => t.Kind).Except(known));

        var audited = scope.Db.Model.GetEntityTypes().Where(e => e.ClrType.IsAssignableTo(typeof(IAudited))).Select(e => KindOf(e.ClrType)).OfType<string>();
        Assert.Empty(audited.Except(known));

        var named = Sources("*.cs").Concat(Sources("*.razor")).SelectMany(f => Named().Matches(File.ReadAllText(f))).Select(m => m.Groups["kind"].Value);
        Assert.Empty(named.Except(known).Order(StringComparer.Ordinal));

        // None of them breaks where there is nothing.
        foreach (var page in pages)
            Assert.True((await scope.Get<AskWhy>().Handle(new($"{page.Kind}:999999999999"), CancellationToken.None)).Problems.All(p => p.Rule == "not_found"), page.Kind);
    }

    /// <summary>What is opened by its key has the way to its reasons on its page.</summary>
    [Fact]
    public void Every_page_of_a_record_asks()
    {
        string[] withThePage = ["ContactHistoryPage.razor", "DeliveryPage.razor", "CallerPanel.razor"];
        var silent = Sources("*.razor").Where(f => RecordRoute().IsMatch(File.ReadAllText(f)) && !withThePage.Contains(Path.GetFileName(f)))
            .Where(f => !File.ReadAllText(f).Contains("<Tieline.Platform.Reasons.WhyLink", StringComparison.Ordinal) && !File.ReadAllText(f).Contains("<UsedBy", StringComparison.Ordinal))
            .Select(Path.GetFileName);
        Assert.Empty(silent);
    }

    private static string? KindOf(Type entity)
    {
        try
        {
            return ((IAudited)RuntimeHelpers.GetUninitializedObject(entity)).AuditSubject.Kind;
        }
        catch (InvalidOperationException)
        {
            // It is a part of one of several: their kinds are asked by themselves.
            return null;
        }
    }

    private static IEnumerable<string> Sources(string pattern) =>
        Directory.EnumerateFiles(Paths.InProject("src"), pattern, SearchOption.AllDirectories)
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

    [GeneratedRegex(@"(?:new (?:\w+\.)*RecordRef|RecordRef \w+(?:\([\w ]+\))? => new)\(""(?<kind>[a-z_]+)""", RegexOptions.None, 1000)]
    private static partial Regex Named();

    [GeneratedRegex(@"@page ""[^""]*/\{Id:long\}""", RegexOptions.None, 1000)]
    private static partial Regex RecordRoute();
}
