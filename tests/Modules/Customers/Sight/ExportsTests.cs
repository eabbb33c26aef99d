using System.Net;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Duplicates;
using Tieline.Customers.Files;
using Tieline.Customers.Flows;
using Tieline.Customers.Merging;
using Tieline.Host;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Export;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Customers.Sight;

/// <summary>What leaves the house as CSV holds no value that the employee who fetches it may not see, whatever else they may.</summary>
public class ExportsTests
{
    private const string Unmasked = "customers.unmasked";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Each route with the addresses at which it tells all that it can.</summary>
    private static Dictionary<string, string[]> Routes(Unmistakable ana, long file, long run) => new()
    {
        ["/admin/customer-files/{id:long}/rejected"] = [$"/admin/customer-files/{file}/rejected"],
        ["/authorisations/export"] = ["/authorisations/export", "/authorisations/export?show=Revoked"],
        ["/contacts/export"] = ["/contacts/export", $"/contacts/export?person={ana.Person}", $"/contacts/export?premise={ana.Premise}"],
        ["/customers/{id:long}/looks-report/export"] = [$"/customers/{ana.Person}/looks-report/export", $"/customers/{ana.Other}/looks-report/export"],
        ["/duplicates/export"] = ["/duplicates/export", "/duplicates/export?state=NotTheSame"],
        ["/flows/export"] = ["/flows/export", "/flows/export?state=Undone"],
        ["/interactions/export"] = ["/interactions/export", $"/interactions/export?by={ana.Employee}"],
        ["/interactions/figures/export"] = ["/interactions/figures/export", "/interactions/figures/export?by=Type"],
        ["/operations/dead-jobs/export"] = ["/operations/dead-jobs/export"],
        ["/operations/log/export"] = ["/operations/log/export"],
        ["/operations/notices/export"] = ["/operations/notices/export", "/operations/notices/export?settled=true"],
        ["/operations/runs/export"] = ["/operations/runs/export"],
        ["/operations/runs/{id:long}/errors/export"] = [$"/operations/runs/{run}/errors/export"],
        ["/operations/runs/{id:long}/export"] = [$"/operations/runs/{run}/export"],
        ["/todos/export"] = ["/todos/export", "/todos/export?show=all"],
        ["/todos/overview/export"] = [.. new[] { "Role", "Person", "Type", "Priority", "Age" }.Select(side => $"/todos/overview/export?by={side}")],
        ["/training/export"] = ["/training/export"],
    };

    [Theory, BothDatabases]
    public async Task Who_may_all_but_see_customers_unmasked_takes_none_of_the_masked_values_out(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        var revoked = await Fill(house, ana);
        string[] all = [.. House.Modules.Modules.SelectMany(m => m.Permissions).Select(p => p.Name)];
        string[] masked = [.. all.Where(r => r != Unmasked)];
        await Grant(house, ("masked", masked), ("unmasked", all));
        var routes = Routes(ana, await Rejected(house, ana, masked), await Ran(house));
        using var employee = await house.SignedIn("masked", ana.Employee);
        using var whole = await house.SignedIn("unmasked", ana.Employee + 1);
        Assert.Equal(Registered(house), routes.Keys.Order(StringComparer.Ordinal));

        var found = new List<string>();
        var known = new HashSet<string>();
        foreach (var (route, path) in routes.SelectMany(r => r.Value.Select(p => (r.Key, p))))
        {
            found.AddRange(Standing(await Csv(employee, path)).Select(v => $"{path}: {v}"));
            if (Standing(await Csv(whole, path)).Any())
                known.Add(route);
        }
        // The authorisations of a list stand on a page of their own, too.
        var page = $"/customers/{ana.Other}/authorisations/{revoked}";
        found.AddRange(Standing(WebUtility.HtmlDecode(await employee.GetStringAsync(page, Token))).Select(v => $"{page}: {v}"));
        Assert.Equal("", string.Join('\n', found));
        // They do stand there for those who may see them: where there is nothing to mask, nothing would be proved.
        Assert.Superset(new HashSet<string>(["/authorisations/export", "/contacts/export", "/duplicates/export", "/interactions/export"]), known);
    }

    /// <summary>Routes whose handler writes a <see cref="CsvDownload"/>.</summary>
    private static IEnumerable<string> Registered(TestHouse house)
    {
        var writers = House.Modules.Assemblies.Distinct().SelectMany(a => a.GetTypes()).Where(Writes).Select(Outermost).Where(t => t != typeof(CsvDownload)).ToHashSet();
        var routes = house.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(e => (Route: e.RoutePattern.RawText!, Handler: e.Metadata.GetMetadata<MethodInfo>()?.DeclaringType))
            .Where(e => e.Handler is not null && writers.Contains(Outermost(e.Handler))).ToList();
        Assert.Empty(writers.Except(routes.Select(r => Outermost(r.Handler!))).Select(w => $"{w.Name} writes CSV, and its route is not known: its handler belongs into the same class."));
        return routes.Select(r => r.Route).Distinct().Order(StringComparer.Ordinal);
    }

    /// <summary>The download is written while it is awaited: it is a field of the method's state.</summary>
    private static bool Writes(Type type) => type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)
        .Any(f => f.FieldType == typeof(CsvDownload) || f.FieldType.GenericTypeArguments.Contains(typeof(CsvDownload)));

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<string> Standing(string csv) => Unmistakable.Values.Where(v => csv.Contains(v, StringComparison.OrdinalIgnoreCase));

    private static async Task<string> Csv(HttpClient browser, string path)
    {
        using var answer = await browser.GetAsync(path, Token);
        // Whose own file it is takes the rejected rows out, and only with the right to see all anybody else.
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {(int)answer.StatusCode}");
        Assert.Equal((path, "text/csv"), (path, answer.Content.Headers.ContentType?.MediaType));
        return await answer.Content.ReadAsStringAsync(Token);
    }

    private static async Task<long> Ran(TestHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        var run = (await scope.Get<SubmitBatch>().Handle(new("TD-CCCB", null, null), Token)).Value.Id;
        await house.RunJobs();
        return run;
    }

    private static async Task Grant(TestHouse house, params (string Role, string[] Rights)[] roles)
    {
        await using var scope = house.As(Actor.Process("test"));
        foreach (var (role, right) in roles.SelectMany(r => r.Rights.Distinct().Select(right => (r.Role, right))))
            scope.Db.Add(new RolePermission { Role = role, Permission = right });
        await scope.Db.SaveChangesAsync(Token);
    }

    /// <summary>The customer stands in every list, and is spoken of where there is room for words.</summary>
    /// <returns>The authorisation of another, which names the customer and was revoked.</returns>
    private static async Task<long> Fill(TestHouse house, Unmistakable ana)
    {
        await using (var scope = house.As(Actors.Of(Roles.Supervisor, ana.Employee)))
            CustomerDesk.Ok(await scope.Get<StartInteraction>().Handle(new(Channel.Phone, NumberOrPlace: Unmistakable.Phone, PersonId: ana.Person), Token));
        await using var desk = house.As(Actor.Process("test"));
        var today = await desk.Get<IUtilityClock>().Today(Token);
        CustomerDesk.Ok(await desk.Get<GiveAuthorisation>().Handle(
            new(ana.Person, [AuthorisationScope.Information], AuthorisationForm.Spoken, today.AddDays(5), Name: "Una Xu", Phone: Unmistakable.Phone, Comment: Unmistakable.Said), Token));
        var beside = CustomerDesk.Ok(await desk.Get<GiveAuthorisation>().Handle(
            new(ana.Other, [AuthorisationScope.Information], AuthorisationForm.Spoken, today.AddDays(6), OtherPersonId: ana.Person, Comment: Unmistakable.Said), Token));
        CustomerDesk.Ok(await desk.Get<RevokeAuthorisation>().Handle(new(ana.Other, beside.Id, 1, Unmistakable.Said), Token));
        CustomerDesk.Ok(await desk.Get<BeginFlow>().Handle(new(ana.Person, FlowKind.Moving), Token));
        var pair = new DuplicatePair(desk.Db.NextId(), MergeKind.Person, Math.Min(ana.Person, ana.Other), Math.Max(ana.Person, ana.Other), 80, "the same phone", "", desk.Db.Now);
        desk.Db.Add(pair);
        await desk.Db.SaveChangesAsync(Token);
        CustomerDesk.Ok(await desk.Get<SayNotTheSame>().Handle(new(pair.Id, pair.Version, Unmistakable.Said), Token));
        return beside.Id;
    }

    /// <summary>A file of the employee's own, in which somebody tries what is on record.</summary>
    private static async Task<long> Rejected(TestHouse house, Unmistakable ana, string[] rights)
    {
        var employee = new Actor(ActorKind.Employee, ana.Employee, "Test masked", rights.ToHashSet(StringComparer.Ordinal));
        long file;
        await using (var scope = house.As(employee))
            file = CustomerDesk.Ok(await scope.Get<BringCustomerFile>().Handle(new("mine.csv", Encoding.UTF8.GetBytes($"name,phone,account\n,not a phone,{ana.Number}\nAna Ruiz,not a phone,{ana.Number}\n")), Token)).Id;
        await using (var scope = house.As(employee))
        {
            var looked = (await scope.Get<LookAtCustomerFile>().Handle(new(file), Token)).Value;
            CustomerDesk.Ok(await scope.Get<CarryCustomerFile>().Handle(new(file, looked.Version, [.. looked.Meanings.Select(m => m ?? "")], looked.Service), Token));
        }
        await house.RunJobs();
        return file;
    }
}
