using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.AspNetCore.Components;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Customers.Notes;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Host;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Files;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Support;
using Tieline.ToDos;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Sight;

/// <summary>A customer whose values stand nowhere else, and who is spoken of in a contact, its log, a promise, a To Do, notes and a file.</summary>
internal sealed partial class Unmistakable(TestHouse house, Given given)
{
    public const string Phone = "(541) 726-8842";
    public const string Email = "unmistakable@example.com";
    public const string Mailing = "PO Box QX77, Eugene, OR 97401";
    public const string Secret = "AB12CD34ZZQ7";
    public static readonly DateOnly Born = new(1961, 3, 14);

    /// <summary>None of them as anybody would write them.</summary>
    public static readonly string[] Values =
    [
        "726-8842", "7268842", "726 8842", "unmistakable@", "1961-03-14", "14 March 1961", "14 Mar 1961", "3/14/1961", "March 14, 1961", "QX77", "ZZQ7",
    ];

    public const string Said = $"Call {Phone} or +1 541 726 8842, write to {Email}, born 3/14/1961 (March 14, 1961), mail to PO Box QX77, id ends in ZZQ7.";

    public long Person => given.Person;
    public long Employee => given.Employee;
    public long Other => given.OtherPerson;
    public long Account => given.Account;
    public long Premise => given.Premise;
    public long HighBill => given.HighBill;
    public long Contact { get; private set; }
    public long Reminder { get; private set; }
    public long ToDo { get; private set; }
    public long File { get; private set; }
    public string Number { get; private set; } = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<Unmistakable> In(TestHouse house)
    {
        var one = new Unmistakable(house, await Given.A_small_utility(house));
        await one.Fill();
        return one;
    }

    private async Task Fill()
    {
        await Change<AddPhone, AddPhone.Input>(v => new(Person, v, Phone));
        await Change<AddEmail, AddEmail.Input>(v => new(Person, v, Email));
        await Change<AddAddress, AddAddress.Input>(v => new(Person, v, AddressKind.Mailing, Mailing));
        await Change<AddIdentifier, AddIdentifier.Input>(v => new(Person, v, IdentifierKind.NationalId, Secret));
        await Change<ChangePerson, ChangePerson.Input>(v => new(Person, v, Born, "en", false, false, false, false, null, false, false));
        await using var scope = house.As(Actor.Process("test"));
        var today = await scope.Get<Tieline.Platform.Time.IUtilityClock>().Today(Token);
        var recorded = await scope.Get<RecordContact>().Handle(
            new(given.HighBill, null, Person, Account, Premise, Channel.Phone, ContactDirection.Inbound, Said,
                Reminder: new ReminderBook.Promise(today.AddDays(2), EmployeeId: Employee, Phone: Phone, Text: Said),
                Files: [new Attachment($"{Phone}.txt", "text/plain", System.Text.Encoding.UTF8.GetBytes(Said))]), Token);
        Assert.True(recorded.Ok, recorded.ToString());
        (Contact, Reminder) = (recorded.Value.Id, recorded.Value.ReminderId!.Value);
        var logged = await scope.Get<AddLogEntry>().Handle(new(Contact, Said), Token);
        Assert.True(logged.Ok, logged.ToString());
        await Noted(scope, new(Person, null, null, Said));
        await Noted(scope, new(null, Account, null, Said));
        await Noted(scope, new(null, null, Premise, Said));
        var toDo = await scope.Get<IToDos>().Create(new NewToDo("GENERAL", Said, today, EmployeeId: Employee, PersonId: Person, AccountId: Account, PremiseId: Premise, ContactId: Contact), Token);
        Assert.True(toDo.Ok, toDo.ToString());
        ToDo = toDo.Value!.Value;
        await scope.Db.SaveChangesAsync(Token);
        var connection = await scope.Connection();
        File = await connection.ExecuteScalarAsync<long>("select max(id) from file");
        Number = (await scope.Get<ICustomers>().Account(Account, Token))!.Number;
    }

    private static async Task Noted(TestScope scope, AddNote.Input note)
    {
        var added = await scope.Get<AddNote>().Handle(note, Token);
        Assert.True(added.Ok, added.ToString());
    }

    private async Task Change<TUse, TInput>(Func<int, TInput> input) where TUse : class, Tieline.Platform.Uses.IUse<TInput, Tieline.Platform.Uses.Done>
    {
        await using var scope = house.As(Actor.Process("test"));
        var person = await scope.Get<GetPerson>().Handle(new(Person), Token);
        var changed = await scope.Get<TUse>().Handle(input(person.Value.Version), Token);
        Assert.True(changed.Ok, changed.ToString());
    }

    public async Task Restrict(PersonRestriction restriction = PersonRestriction.Protected)
    {
        await using var scope = house.As(Actor.Process("test"));
        var found = await scope.Get<GetRestriction>().Handle(new(Person), Token);
        var done = await scope.Get<RestrictPerson>().Handle(new(Person, found.Value.Version, restriction, "Order 4711 of the county court"), Token);
        Assert.True(done.Ok, done.ToString());
    }

    /// <summary>Every page of the house that can have to do with the customer, and lists and look-ups as someone would ask for them.</summary>
    public async Task<IReadOnlyList<string>> Pages()
    {
        await using var scope = house.As(Actor.Process("test"));
        var connection = await scope.Connection();
        async Task<long> Part(string table) => await connection.ExecuteScalarAsync<long>($"select coalesce(max(id), 0) from {table} where person_id = {Person}");
        var parts = new Dictionary<string, long>
        {
            ["phones"] = await Part("person_phone"), ["emails"] = await Part("person_email"), ["addresses"] = await Part("person_address"), ["identifiers"] = await Part("person_identifier"),
            ["names"] = await Part("person_name"), ["people"] = await connection.ExecuteScalarAsync<long>($"select max(id) from account_person where account_id = {Account}"),
        };
        var agreement = await connection.ExecuteScalarAsync<long>($"select max(id) from service_agreement where account_id = {Account}");
        var ids = new Dictionary<string, long>
        {
            ["customers"] = Person, ["accounts"] = Account, ["premises"] = Premise, ["contacts"] = Contact, ["reminders"] = Reminder, ["todos"] = ToDo, ["agreements"] = agreement, ["employees"] = Employee,
        };
        var templates = House.Modules.Assemblies.SelectMany(a => a.GetTypes()).SelectMany(t => t.GetCustomAttributes<RouteAttribute>()).Select(r => r.Template)
            .Where(t => t is not ("/about/ui/broken" or "/about/ui/forbidden" or "/set-up" or "/history/{Subject}" or "/sign-in"));
        var pages = templates.Select(t =>
        {
            var segments = t.Split('/');
            return Parameter().Replace(t, m => m.Value.StartsWith("{Part", StringComparison.Ordinal) ? $"{parts.GetValueOrDefault(segments[3], 1)}" : $"{ids.GetValueOrDefault(segments[1], 1)}");
        });
        return
        [
            .. pages.Distinct(), .. ((string[])["person", "account", "premise", "contact", "to_do", "reminder", "search"]).SelectMany(k => (string[])[$"/history/{k}", $"/why/{k}"], (k, page) => $"{page}:{k switch { "person" => Person, "account" => Account, "premise" => Premise, "contact" => Contact, "to_do" => ToDo, "reminder" => Reminder, _ => 0 }}"),
            $"/contacts?person={Person}", $"/contacts?account={Account}", $"/contacts?premise={Premise}", "/contacts/export", $"/contacts/export?person={Person}", $"/contacts/record?person={Person}&type=thb",
            $"/contacts/record/parts?PersonId={Person}&TypeId={given.HighBill}", $"/contacts/record/places?PersonId={Person}", $"/contacts/{Contact}/files/{File}", $"/todos/new?person={Person}", $"/todos/new?contact={Contact}",
            "/todos?scope=All", "/todos?scope=Roles", "/reminders?scope=All", $"/customers/{Person}/timeline?kind=contact", $"/customers/{Person}/caller?interaction=interaction:1",
            .. Typed.SelectMany(t => (string[])[$"/search?q={Uri.EscapeDataString(t)}", $"/search/panel?q={Uri.EscapeDataString(t)}", $"/search/count?q={Uri.EscapeDataString(t)}", $"/customers/choices?q={Uri.EscapeDataString(t)}", $"/premises/choices?q={Uri.EscapeDataString(t)}"]),
        ];
    }

    public static readonly string[] Typed = ["eugene", "ruiz ana", "ruiz", "8842", "5417268842", "unmistak", "unmistakable@example.com", "PO Box QX77", "QX77", Secret, "12 N Elm St"];

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}
