using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Host;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules;

/// <summary>What pages owe whoever opens them, whether the database answers at once or not.</summary>
public class EveryPageTests
{
    // Made to fail, to see how that looks; and the page of the first hour, which is gone afterwards.
    private static readonly string[] Failures = ["/about/ui/broken", "/about/ui/forbidden", "/set-up"];

    [Theory, BothDatabases]
    public async Task Every_page_without_parameters_opens_for_one_who_may_everything(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using (var scope = house.As(Actor.Process("test")))
            await SmallTown.Begin(scope, CancellationToken.None);
        var administrator = await OfEverything(house, given.Employee);
        var pages = House.Modules.Assemblies.SelectMany(a => a.GetTypes()).SelectMany(t => t.GetCustomAttributes<RouteAttribute>()).Select(r => r.Template)
            .Where(r => !r.Contains('{', StringComparison.Ordinal)).Except(Failures).Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.True(pages.Count > 30, $"Only {pages.Count} pages were found.");
        var failed = new List<string>();
        foreach (var page in pages)
        {
            // Everything is read anew, as after ten quiet seconds.
            house.Services.GetRequiredService<ReferenceCache<StoredSettings>>().Forget();
            using var answer = await administrator.GetAsync(page);
            if ((int)answer.StatusCode >= 500 || answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
                failed.Add($"{page}: {(int)answer.StatusCode}");
        }
        Assert.Empty(failed);
    }

    [Theory, BothDatabases]
    public async Task The_kit_of_the_pages_is_for_administrators(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        using var csr = await house.SignedIn(Roles.Csr);
        using var administrator = await house.SignedIn(Roles.TechnicalAdministrator);
        foreach (var page in (string[])["/about/ui", "/about/ui/form", "/about/ui/list", "/about/ui/types", "/about/ui/record/4711-0", "/about/ui/broken"])
        {
            using var refused = await csr.GetAsync(page);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        using var shown = await administrator.GetAsync("/about/ui");
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        await using var scope = house.As(Roles.Csr);
        Assert.Equal(0, await Dapper.SqlMapper.ExecuteScalarAsync<long>(await scope.Connection(), "select count(*) from audit_entry where action = 'denied'"));
    }

    [Theory, BothDatabases]
    public async Task A_form_starts_with_what_was_read_for_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var administrator = await OfEverything(house, given.Employee);
        house.Services.GetRequiredService<ReferenceCache<StoredSettings>>().Forget();
        var toDo = await administrator.GetStringAsync("/todos/new");
        Assert.Matches(Day("DueOn"), toDo);
        Assert.Contains($"name=\"EmployeeId\" value=\"{given.Employee}\"", toDo, StringComparison.Ordinal);
        house.Services.GetRequiredService<ReferenceCache<StoredSettings>>().Forget();
        Assert.Matches(Day("BusinessOn"), await administrator.GetStringAsync("/operations/runs/new"));
    }

    [Theory, BothDatabases]
    public async Task Words_of_which_nothing_was_chosen_are_a_problem_and_do_not_get_lost(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var csr = await house.SignedIn(Roles.Csr, given.Employee);
        async Task Refused(string path, string form, string typed, params (string, string)[] fields)
        {
            var answer = await csr.Submit(path, form, fields);
            Assert.Equal((path, HttpStatusCode.UnprocessableEntity), (path, answer.StatusCode));
            var html = await answer.Content.ReadAsStringAsync();
            Assert.Contains("Choose one of the list, or clear it.", html, StringComparison.Ordinal);
            Assert.Contains($"value=\"{typed}\"", html, StringComparison.Ordinal);
        }
        (string, string)[] bill = [("TypeId", $"{given.HighBill}"), ("TypeId_text", "High bill"), ("Channel", "Phone"), ("Direction", "Inbound"), ("Comment", "said")];
        await Refused("/contacts/record", "form-record-contact", "Ana Rui", [.. bill, ("PersonId", ""), ("PersonId_text", "Ana Rui")]);
        await Refused($"/contacts/record?person={given.Person}", "form-record-contact", "Bea Lo",
            [.. bill, ("Reminder.On", "2099-01-04"), ("Reminder.EmployeeId", ""), ("Reminder.EmployeeId_text", "Bea Lo"), ("Reminder.RoleId", $"{given.Role}")]);
        await Refused("/todos/new", "form-add-to-do", "Bea Lo", ("Subject", "x"), ("EmployeeId", ""), ("EmployeeId_text", "Bea Lo"), ("RoleId", $"{given.Role}"));
        Assert.Equal(HttpStatusCode.Redirect, (await csr.Submit($"/contacts/record?person={given.Person}", "form-record-contact",
            ("TypeId", ""), ("TypeId_text", "thb"), ("Channel", "Phone"), ("Direction", "Inbound"), ("Comment", "said"), ("Reminder.EmployeeId_text", " "))).StatusCode);
    }

    private static async Task<HttpClient> OfEverything(TestHouse house, long employee)
    {
        await using (var scope = house.As(Actor.Process("test")))
        {
            foreach (var right in House.Modules.Modules.SelectMany(m => m.Permissions).Select(p => p.Name).Except(Actors.PermissionsOf(Roles.BusinessAdministrator)))
                scope.Db.Add(new RolePermission { Role = Roles.BusinessAdministrator, Permission = right });
            await scope.Db.SaveChangesAsync();
        }
        return await house.SignedIn(Roles.BusinessAdministrator, employee);
    }

    private static Regex Day(string field) => new($"<input(?=[^>]*name=\"{field}\")[^>]*value=\"20\\d\\d-", RegexOptions.None, TimeSpan.FromSeconds(1));
}
