using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Callers;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Settings;

namespace Tieline.Customers.Demo;

/// <summary>A few restricted customers, one who is a relative of the demonstration's CSR, one who works here, and some who have a passphrase ("blue heron").</summary>
internal sealed class SightDemo(AppDb db, ISettings settings, IOrganization organization, AroundRestricted around) : IDemoData
{
    public const string Passphrase = "blue heron";
    private const int Fewest = 100;

    private static readonly (int Place, PersonRestriction Restriction, string Reason)[] Restricted =
    [
        (41, PersonRestriction.Protected, "Protection order of the county court, until it is lifted"), (57, PersonRestriction.Vip, "Member of the city council"),
        (73, PersonRestriction.Employee, "Works here"), (90, PersonRestriction.Protected, "Address confidentiality programme of the state"),
    ];

    public int Order => 45;
    public string Name => "restricted customers";

    public async Task Load(DemoPlan plan, IProgress<string> progress, CancellationToken ct)
    {
        if (plan.People < Fewest)
            return;
        var first = await settings.Get(DemoKeys.FirstPerson, ct);
        foreach (var (place, restriction, reason) in Restricted)
        {
            var person = await Person(first + place, ct);
            person.Restrict(restriction, reason);
            await around.Changes(person.Id, restriction, ct);
            if (restriction == PersonRestriction.Employee && await First(plan, "FIELDSVC", "SVCTECH", ct) is { } colleague)
                db.Add(new Relationship(db.NextId(), person.Id, RelationshipKind.Self, null, colleague.Id, colleague.Name, "Goes by another name at work", null, null));
        }
        foreach (var place in (int[])[10, 11, 12, 13, 14])
        {
            var person = await Person(first + place, ct);
            person.UsePassphrase(HeldAnswers.Hash(person, Passphrase));
        }
        if (await Csr(plan, ct) is { } csr)
        {
            db.Add(new Relationship(db.NextId(), first + 20, RelationshipKind.Relative, null, csr.Id, csr.Name, "Sister", null, null));
            // Somebody has tried to pass for a customer this morning.
            foreach (var hours in (int[])[3, 2])
                db.Add(new CallerTry(db.NextId(), csr.Id, null, first + 15, CallerWay.Questions, "BORN PHONE", 1, "PHONE", false, db.Now.AddHours(-hours)));
        }
        await db.SaveChangesAsync(ct);
    }

    private Task<Person> Person(long id, CancellationToken ct) => db.Set<Person>().SingleAsync(p => p.Id == id, ct);

    /// <summary>Who signs in as "csr": the first of that position.</summary>
    private Task<EmployeeLine?> Csr(DemoPlan plan, CancellationToken ct) => First(plan, "CUSTSVC", "CSR2", ct);

    private async Task<EmployeeLine?> First(DemoPlan plan, string department, string position, CancellationToken ct)
    {
        var world = new DemoWorld(plan);
        var number = Enumerable.Range(0, plan.Employees).Select(i => world.Employee(i)).FirstOrDefault(e => e.LeftOn is null && e.Department == department && e.Position == position)?.Number;
        return number is not null && (await organization.EmployeeIds(ct)).TryGetValue(number, out var id) ? await organization.Employee(id, ct) : null;
    }
}
