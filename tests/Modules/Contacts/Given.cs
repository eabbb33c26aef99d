using Tieline.Contacts.Types;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Organization.Departments;
using Tieline.Organization.Employees;
using Tieline.Organization.Positions;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Contacts;

/// <summary>A small utility: one customer at home, one colleague, one role, one contact type of each kind.</summary>
internal sealed class Given
{
    public long Person { get; private init; }
    public long OtherPerson { get; private init; }
    public long Account { get; private init; }
    public long OtherAccount { get; private init; }
    public long Premise { get; private init; }
    public long Employee { get; private init; }
    public long Role { get; private init; }
    /// <summary>Person required, account and premise optional; closed at once.</summary>
    public long HighBill { get; private init; }
    /// <summary>Premise required, account not allowed; stays open.</summary>
    public long WireDown { get; private init; }

    public static async Task<Given> A_small_utility(TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        var db = scope.Db;
        var today = await scope.Get<IUtilityClock>().Today(CancellationToken.None);
        var department = new Department(db.NextId(), "T-CS", "Customer service", null);
        var position = new Position(db.NextId(), "T-CSR", "CSR");
        var employee = new Employee(db.NextId(), "T-1", "Bea Long", department.Id, position.Id, null, null, new DateOnly(2020, 1, 1));
        var role = new ToDoRole(db.NextId(), "T-ROLE", "Follow up", "Calls back");
        db.AddRange(department, position, employee, role, new ToDoRoleMember(role.Id, employee.Id));
        var (person, account, premise) = Customer(db, "Ana", "Ruiz", "12 N Elm St, Springfield OR 97477", "P-0000-0101-1", "0000-0101-1", today);
        var (other, otherAccount, _) = Customer(db, "Bo", "Quist", "14 N Elm St, Springfield OR 97477", "P-0000-0102-2", "0000-0102-2", today);
        var kind = new ContactClass(db.NextId(), "T-BILL", "Billing");
        var highBill = new ContactType { Id = db.NextId(), ClassId = kind.Id, Code = "T-HIGH", Name = "High bill", Shorthand = "thb", FromOn = today.AddYears(-1), DefaultRoleId = role.Id };
        highBill.Allow(LinkRule.Required, LinkRule.Optional, LinkRule.Optional);
        var wireDown = new ContactType { Id = db.NextId(), ClassId = kind.Id, Code = "T-WIRE", Name = "Wire down", Shorthand = "twd", StaysOpen = true, FromOn = today.AddYears(-1) };
        wireDown.Allow(LinkRule.Optional, LinkRule.NotAllowed, LinkRule.Required);
        db.AddRange(kind, highBill, wireDown);
        await db.SaveChangesAsync();
        return new Given
        {
            Person = person, OtherPerson = other, Account = account, OtherAccount = otherAccount, Premise = premise, Employee = employee.Id, Role = role.Id,
            HighBill = highBill.Id, WireDown = wireDown.Id,
        };
    }

    private static (long Person, long Account, long Premise) Customer(AppDb db, string given, string family, string address, string reference, string number, DateOnly today)
    {
        var id = db.NextId();
        var person = new Person(id, reference, PersonKind.Individual, new PersonName(db.NextId(), id, NameKind.Main, given, family, $"{given} {family}", null), db.Now);
        var account = new Account(db.NextId(), number, CustomerClass.Residential, "C1", today);
        account.Add(new AccountPerson(db.NextId(), account.Id, id, AccountRole.Main, true, today));
        var premise = new Premise(db.NextId(), PremiseKind.Address, AddressText.Parse(address));
        db.AddRange(person, account, premise, new ServiceAgreement(db.NextId(), account.Id, premise.Id, ServiceType.Electricity, today));
        return (id, account.Id, premise.Id);
    }
}
