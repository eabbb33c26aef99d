using System.Text;
using Dapper;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Files;
using Tieline.Customers.Finding;
using Tieline.Customers.Notes;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform.Import;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Customers;

/// <summary>Somebody's own file, dropped into the browser.</summary>
public sealed class CustomerFileTests
{
    private const string File = """
        Cust No;First Name;Last Name;Phone;E-mail Address;Service Address;City;State;ZIP;Commodity;Mood
        4711;Ada;Byron;(541) 555-0101;ada@example.com;12 Elm St;Springfield;OR;97477;Electric;good
        4711;Ada;Byron;(541) 555-0101;ada@example.com;12 Elm St;Springfield;OR;97477;W;good
        4712;Émile;Zola;541.555.0102;;14 Elm St;Springfield;OR;97477;Gas;
        4713;;;not a phone;;;;;;;bad
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Columns_are_guessed_rows_shown_brought_in_found_and_taken_out_again(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var looked = await Bring(house, File);
        Assert.Equal(
            ["person_id", "given_name", "family_name", "mobile_phone", "email", "service_address", "service_address", "service_address", "service_address", "service", null], looked.Meanings);
        Assert.Equal((4, 1), (looked.Checked, looked.Faulty));
        Assert.Equal("12 Elm St, Springfield, OR 97477", looked.Sample[0].Address, ignoreCase: true);
        Assert.Equal("Electricity", looked.Sample[0].Service);

        await CarryIn(house, looked);
        var file = await Look(house, looked.File.Id);
        Assert.Equal((CustomerFileState.Done, 4L, 3L, 0L, 1L), (file.File.State, file.File.Rows, file.File.Imported, file.File.AlreadyThere, file.File.Rejected));
        Assert.Equal(2, await Found(house, "elm 97477"));
        Assert.Equal(1, await Found(house, "zola"));

        await TakeOut(house, file.File);
        Assert.Equal(CustomerFileState.Removed, (await Look(house, looked.File.Id)).File.State);
        Assert.Equal(0, await Found(house, "elm 97477"));
        using (var browser = await house.SignedIn(Roles.Operator))
        {
            Assert.DoesNotContain("/rejected", await browser.GetStringAsync($"/admin/customer-files/{looked.File.Id}", Token), StringComparison.Ordinal);
            using var rejected = await browser.GetAsync($"/admin/customer-files/{looked.File.Id}/rejected", Token);
            Assert.Equal(System.Net.HttpStatusCode.NotFound, rejected.StatusCode);
        }
        await using var scope = house.As(Roles.Operator);
        var connection = await scope.Connection();
        foreach (var table in (string[])["person", "person_name", "person_phone", "account", "account_person", "service_agreement", "premise", "search_row", "customer_file_reject", "file", "file_chunk"])
            Assert.Equal((table, 0), (table, await connection.ExecuteScalarAsync<int>($"select count(*) from {table}")));
    }

    [Theory, BothDatabases]
    public async Task A_file_of_mixed_encodings_is_read_as_one_and_says_so_and_the_other_can_be_chosen(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        byte[] mixed = [.. "customer id,name\n1,Jos"u8, 0xE9, .. " Ruiz\n2,Zoë Bell\n"u8];
        async Task<(string? Said, LookedAtFile File)> As(FileEncoding? encoding, byte[] content)
        {
            await using var scope = house.As(Roles.Operator);
            var brought = await scope.Get<BringCustomerFile>().Handle(new("mixed.csv", content, encoding), Token);
            Assert.True(brought.Ok, brought.ToString());
            return (brought.Value.Said, await Look(house, brought.Value.Id));
        }
        var (said, guessed) = await As(null, mixed);
        Assert.Contains("Windows-1252", said, StringComparison.Ordinal);
        Assert.Equal(("José Ruiz", 0), (guessed.Sample[0].Name, guessed.Faulty));
        var (nothing, chosen) = await As(FileEncoding.Utf8, mixed);
        Assert.Equal((null, 1, "Zoë Bell"), (nothing, chosen.Faulty, chosen.Sample[1].Name));
        // One row that was pasted from elsewhere does not spoil the letters of all others.
        var (some, mostly) = await As(null, [.. mixed, .. "3,Iñaki Núñez\n"u8]);
        Assert.Contains("Some of it is not UTF-8", some, StringComparison.Ordinal);
        Assert.Equal((1, "Zoë Bell", "Iñaki Núñez"), (mostly.Faulty, mostly.Sample[1].Name, mostly.Sample[2].Name));
        // The page has a choice, and no options of a command.
        Assert.Contains("choose its encoding", chosen.Sample[0].Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("--", chosen.Sample[0].Problem, StringComparison.Ordinal);
        Assert.Equal("Zoë Bell", (await As(FileEncoding.Utf16, Encoding.Unicode.GetBytes("customer id,name\n2,Zoë Bell\n"))).File.Sample[0].Name);
        using var browser = await house.SignedIn(Roles.Operator);
        Assert.Contains("name=\"Encoding\"", await browser.GetStringAsync("/admin/customer-files", Token), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Somebody_about_whom_something_was_recorded_stays_with_everybody_on_the_account(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var looked = await Bring(house, """
            account,name,address,customer id
            A1,Ann Lee,1 Oak Ave,1
            A1,Bob Lee,1 Oak Ave,2
            A2,Cid Day,3 Oak Ave,3
            """);
        await CarryIn(house, looked);
        await using (var scope = house.As(Roles.Csr))
        {
            var bob = await scope.Db.Set<Person>().SingleAsync(p => p.DisplayName == "Bob Lee", Token);
            Assert.True((await scope.Get<AddNote>().Handle(new(bob.Id, null, null, "Called", NoteAudience.Everyone), Token)).Ok);
        }
        await TakeOut(house, (await Look(house, looked.File.Id)).File);
        var after = (await Look(house, looked.File.Id)).File;
        Assert.StartsWith("2 people stay", after.Message, StringComparison.Ordinal);
        await using var check = house.As(Roles.Csr);
        Assert.Equal(["Ann Lee", "Bob Lee"], await check.Db.Set<Person>().OrderBy(p => p.DisplayName).Select(p => p.DisplayName).ToListAsync(Token));
        Assert.Equal(2, await Found(house, "oak"));
    }

    [Theory, BothDatabases]
    public async Task Whoever_was_changed_since_stays_as_they_are_now(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var looked = await Bring(house, """
            account,name,address,customer id,service
            A1,Ann Lee,1 Oak Ave,1,Electric
            A2,Bob Day,3 Oak Ave,2,Electric
            A3,Cid Roe,5 Oak Ave,3,Electric
            A4,Dan Poe,7 Oak Ave,4,Electric
            A5,Eve Fox,9 Oak Ave,5,Electric
            """);
        await CarryIn(house, looked);
        await using (var scope = house.As(Roles.Supervisor))
        {
            var people = await scope.Db.Set<Person>().AsNoTracking().ToDictionaryAsync(p => p.DisplayName, Token);
            Assert.True((await scope.Get<Tieline.Customers.Sight.RestrictPerson>().Handle(new(people["Ann Lee"].Id, people["Ann Lee"].Version, PersonRestriction.Protected, "Order"), Token)).Ok);
            Assert.True((await scope.Get<AddPhone>().Handle(new(people["Bob Day"].Id, people["Bob Day"].Version, "541 555 0199"), Token)).Ok);
            var account = await scope.Db.Set<Account>().AsNoTracking().SingleAsync(a => a.ExternalKey == "A3", Token);
            Assert.True((await scope.Get<ChangeAccount>().Handle(new(account.Id, account.Version, CustomerClass.Commercial, "C06"), Token)).Ok);
            var place = await scope.Db.Set<Premise>().AsNoTracking().SingleAsync(p => p.OneLine.StartsWith("7 "), Token);
            Assert.True((await scope.Get<FlagPremise>().Handle(new(place.Id, place.Version, true, false), Token)).Ok);
        }
        // The supervisors' work about who was restricted names her first.
        await house.RunJobs();
        await TakeOut(house, (await Look(house, looked.File.Id)).File);
        Assert.StartsWith("4 people stay: 3 of them, their account or their place were changed since; of the others something was recorded", (await Look(house, looked.File.Id)).File.Message, StringComparison.Ordinal);
        await using var check = house.As(Roles.Csr);
        Assert.Equal(["Ann Lee", "Bob Day", "Cid Roe", "Dan Poe"], await check.Db.Set<Person>().OrderBy(p => p.DisplayName).Select(p => p.DisplayName).ToListAsync(Token));
        Assert.Equal((4, 4, true), (await check.Db.Set<Account>().CountAsync(Token), await check.Db.Set<Premise>().CountAsync(Token), await check.Db.Set<Premise>().AnyAsync(p => p.LifeSupport, Token)));
    }

    // Killed between two chunks the job comes again.
    [Theory, BothDatabases]
    public async Task A_job_that_comes_again_goes_on_behind_what_is_in(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var rows = new StringBuilder("id,name,account\n");
        for (var i = 1; i <= 1_200; i++)
            rows.Append(i).Append(",Person Number").Append(i).Append(i == 1_200 ? ",A1\n" : ",\n");
        var looked = await Bring(house, rows.ToString());
        await Say(house, looked);
        await using (var scope = house.As(Actor.Process("test")))
        {
            using var stop = new CancellationTokenSource();
            var carry = scope.Get<CarryRows>();
            scope.Db.SavedChanges += (_, _) =>
            {
                if (scope.Db.ChangeTracker.Entries<CustomerFile>().Any(f => f.Entity.Rows == ImportFile.ChunkSize))
                    stop.Cancel();
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => carry.Run(new(looked.File.Id), new(1, CarryRows.Kind, 1, house.Clock.GetUtcNow().UtcDateTime), stop.Token));
        }
        await house.RunJobs();
        var file = (await Look(house, looked.File.Id)).File;
        Assert.Equal((CustomerFileState.Done, 1_200L, 1_200L), (file.State, file.Rows, file.Imported));
        await using (var check = house.As(Roles.Csr))
            Assert.Equal(1_200, await check.Db.Set<Person>().CountAsync(Token));

        // What cannot go on says so, and is begun again.
        await Out(3, "no statement");
        Assert.Equal(CustomerFileState.Failed, (await Look(house, looked.File.Id)).File.State);

        // What is recorded on an account while others go out keeps who is on it.
        long account;
        await using (var scope = house.As(Roles.Supervisor))
        {
            var other = (await scope.Get<AddPerson>().Handle(new(PersonKind.Individual, "Kim", "Roe", ConfirmedNew: true), Token)).Value;
            Assert.True((await scope.Get<AddNote>().Handle(new(other.Id, null, null, "Called", NoteAudience.Everyone), Token)).Ok);
            account = await scope.Db.Set<Account>().Select(a => a.Id).SingleAsync(Token);
        }
        await Out(1, $"update note set subject = 'account:{account}'");
        file = (await Look(house, looked.File.Id)).File;
        Assert.Equal((CustomerFileState.Removed, "1 person stays: something was recorded about them, or about somebody on their account."), (file.State, file.Message));

        // The job, in whose first transaction something else happens.
        async Task Out(int attempt, string meanwhile)
        {
            await using (var scope = house.As(Roles.Operator))
                Assert.True((await scope.Get<RemoveCustomerFile>().Handle(new(looked.File.Id, (await scope.Get<LookAtCustomerFile>().Handle(new(looked.File.Id), Token)).Value.File.Version), Token)).Ok);
            await using var process = house.As(Actor.Process("test"));
            var saved = 0;
            process.Db.SavingChanges += (_, _) =>
            {
                if (saved++ == 0)
                    process.Db.Database.ExecuteSqlRaw(meanwhile);
            };
            await process.Get<RemoveRows>().Run(new(looked.File.Id), new(1, RemoveRows.Kind, attempt, house.Clock.GetUtcNow().UtcDateTime), Token);
        }
    }

    [Theory, BothDatabases]
    public async Task Rejected_rows_come_back_with_the_reason(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var looked = await Bring(house, File);
        await CarryIn(house, looked);
        await using var scope = house.As(Roles.Operator);
        var rejected = Assert.Single(await scope.Db.Set<RejectedRow>().ToListAsync(Token));
        Assert.Equal(5, rejected.Line);
        Assert.Contains("no name", rejected.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("not a phone", rejected.Fields, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task What_was_rejected_leaves_without_a_formula_that_runs_and_comes_back_as_it_was(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var looked = await Bring(house, "name,phone,account\n,=cmd(),+1\nBo Quist,541 555 0100,7\n");
        await CarryIn(house, looked);
        using var browser = await house.SignedIn(Roles.Operator);
        var rejected = await browser.GetStringAsync($"/admin/customer-files/{looked.File.Id}/rejected", Token);
        Assert.StartsWith("name,phone,account,rejected_line", rejected, StringComparison.Ordinal);
        Assert.Contains("\n,'=cmd(),'+1,", rejected, StringComparison.Ordinal);
        var again = await Bring(house, rejected);
        Assert.Equal(["=cmd()", "+1"], new Tieline.Platform.Import.CsvSource(new MemoryStream(Encoding.UTF8.GetBytes(rejected))).Rows().Single().Row.Values.Where(v => v.Key is "phone" or "account").Select(v => v.Value));
        Assert.Equal(1, again.Faulty);
    }

    [Theory, BothDatabases]
    public async Task Nothing_comes_in_twice_or_without_the_right(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using (var csr = house.As(Roles.Csr))
            await Assert.ThrowsAsync<ForbiddenException>(() => csr.Get<BringCustomerFile>().Handle(new("a.csv", "name\nx"u8.ToArray()), Token));
        var looked = await Bring(house, File);
        await Say(house, looked);
        await using var scope = house.As(Roles.Operator);
        var again = await scope.Get<CarryCustomerFile>().Handle(new(looked.File.Id, looked.Version, Meanings(looked), looked.Service), Token);
        Assert.Equal("conflict", again.Problems.Single().Rule);
    }

    [Theory]
    [InlineData("Phone,Mobile", "home_phone,mobile_phone")]
    [InlineData("Mobile,Phone", "mobile_phone,home_phone")]
    [InlineData("phone1,phone2,tel", "mobile_phone,home_phone,work_phone")]
    [InlineData("Name,Phone,E-mail", "full_name,mobile_phone,email")]
    public void What_a_header_says_outright_goes_first_and_a_second_phone_is_not_lost(string headers, string meant)
    {
        var columns = headers.Split(',');
        var guessed = ColumnMap.Guess(columns, []).Columns;
        Assert.Equal(meant.Split(','), columns.Select(c => guessed.GetValueOrDefault(c)));
        Assert.Equal(columns, guessed.Keys);
    }

    [Theory]
    [InlineData("", "required")]
    [InlineData("name", "customer_file.unreadable")]
    [InlineData("a,a\n1,2", "customer_file.unreadable")]
    public async Task Rubbish_is_told_in_words(string content, string rule)
    {
        await using var house = await TestHouse.Open(TestDatabase.Sqlite);
        await using var scope = house.As(Roles.Operator);
        Assert.Equal(rule, (await scope.Get<BringCustomerFile>().Handle(new("a.csv", Encoding.UTF8.GetBytes(content)), Token)).Problems.Single().Rule);
    }

    [Theory, BothDatabases]
    public async Task Three_hundred_columns_and_formulas_are_only_text(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var looked = await Bring(house, $"name,{string.Join(',', Enumerable.Range(1, 299).Select(i => $"c{i}"))}\n=1+1 Smith,{string.Join(',', Enumerable.Repeat("=cmd()", 299))}\n,{string.Join(',', Enumerable.Repeat("=cmd()", 299))}\n");
        Assert.Equal(300, looked.Columns.Count);
        await CarryIn(house, looked);
        await using var scope = house.As(Roles.Operator);
        Assert.Equal("=1+1 Smith", (await scope.Db.Set<Person>().SingleAsync(Token)).DisplayName);
        using var rejected = new MemoryStream();
        await RejectedRows.Download(looked.File.Id, scope.Get<RejectedRows>(), new DefaultHttpContext { RequestServices = scope.Get<IServiceProvider>(), Response = { Body = rejected } }, Token);
        Assert.Contains(",'=cmd(),'=cmd(),", Encoding.UTF8.GetString(rejected.ToArray()), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Only_who_brought_a_file_sees_its_rows_and_only_until_they_are_customers(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var looked = await Bring(house, File);
        var id = looked.File.Id;
        Assert.Equal((true, 4), (looked.Mine, looked.Sample.Count));
        async Task<LookedAtFile> By(Actor actor)
        {
            await using var scope = house.As(actor);
            return (await scope.Get<LookAtCustomerFile>().Handle(new(id), Token)).Value;
        }
        var other = await By(Actors.Of(Roles.TechnicalAdministrator, 2));
        Assert.Equal((false, 0, 0), (other.Mine, other.Sample.Count, other.Columns.Count));
        using var colleague = await house.SignedIn(Roles.TechnicalAdministrator, 2);
        var page = await colleague.GetStringAsync($"/admin/customer-files/{id}", Token);
        Assert.Contains("only they see its rows", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Byron", page, StringComparison.Ordinal);

        await CarryIn(house, looked);
        var mine = await Look(house, id);
        Assert.Equal((true, true, 0, null), (mine.Mine, mine.MayTakeRejected, mine.Sample.Count, mine.ToFind));
        using var who = await house.SignedIn(Roles.Operator);
        Assert.DoesNotContain("Byron", await who.GetStringAsync($"/admin/customer-files/{id}", Token), StringComparison.Ordinal);
        // Who may find customers is led to somebody whom they may see.
        var finder = new Actor(ActorKind.Employee, 3, "Finder", new HashSet<string>(["customers.import", "customers.read"]));
        Assert.Equal("Ada Byron", (await By(finder)).ToFind);
        await using (var scope = house.As(Roles.Supervisor))
        {
            var ada = await scope.Db.Set<Person>().AsNoTracking().SingleAsync(p => p.DisplayName == "Ada Byron", Token);
            Assert.True((await scope.Get<Tieline.Customers.Sight.RestrictPerson>().Handle(new(ada.Id, ada.Version, PersonRestriction.Protected, "Order"), Token)).Ok);
            Assert.Equal(1, await (await scope.Connection()).ExecuteScalarAsync<int>("select count(*) from look where query = @query", new { query = $"file of customers {id}" }));
        }
        Assert.Equal("Émile Zola", (await By(finder)).ToFind);

        // What was rejected is whose file it is, or of those who see customers unmasked; that it left is kept.
        var rejected = $"/admin/customer-files/{id}/rejected";
        Assert.DoesNotContain($"\"{rejected}\"", await colleague.GetStringAsync($"/admin/customer-files/{id}", Token), StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await colleague.GetAsync(rejected, Token)).StatusCode);
        using var business = await house.SignedIn(Roles.BusinessAdministrator, 4);
        foreach (var may in new[] { who, business })
            Assert.Contains("not a phone", await may.GetStringAsync(rejected, Token), StringComparison.Ordinal);
        await using var check = house.As(Roles.Operator);
        Assert.Equal(2, await (await check.Connection()).ExecuteScalarAsync<int>("select count(*) from audit_entry where subject = @subject and action = 'exported'", new { subject = $"customer_file:{id}" }));
    }

    private static async Task<LookedAtFile> Bring(TestHouse house, string content)
    {
        await using var scope = house.As(Roles.Operator);
        var added = await scope.Get<BringCustomerFile>().Handle(new("customers.csv", Encoding.UTF8.GetBytes(content)), Token);
        Assert.True(added.Ok, added.ToString());
        return await Look(house, added.Value.Id);
    }

    private static async Task<LookedAtFile> Look(TestHouse house, long id)
    {
        await using var scope = house.As(Roles.Operator);
        return (await scope.Get<LookAtCustomerFile>().Handle(new(id), Token)).Value;
    }

    private static string[] Meanings(LookedAtFile looked) => [.. looked.Meanings.Select(m => m ?? "")];

    private static async Task Say(TestHouse house, LookedAtFile looked)
    {
        await using var scope = house.As(Roles.Operator);
        var said = await scope.Get<CarryCustomerFile>().Handle(new(looked.File.Id, looked.Version, Meanings(looked), looked.Service), Token);
        Assert.True(said.Ok, said.ToString());
    }

    private static async Task CarryIn(TestHouse house, LookedAtFile looked)
    {
        await Say(house, looked);
        await house.RunJobs();
    }

    private static async Task TakeOut(TestHouse house, CustomerFileLine file)
    {
        await using var scope = house.As(Roles.Operator);
        var removed = await scope.Get<RemoveCustomerFile>().Handle(new(file.Id, file.Version), Token);
        Assert.True(removed.Ok, removed.ToString());
        await house.RunJobs();
    }

    private static async Task<long> Found(TestHouse house, string typed)
    {
        await using var scope = house.As(Roles.Supervisor);
        return (await scope.Get<CountCustomers>().Handle(new(typed), Token)).Value.Total;
    }
}
