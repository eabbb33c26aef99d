using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Contacts.WrapUps;
using Tieline.Customers;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.ToDos;

namespace Tieline.Contacts.Demo;

/// <summary>Two years of contacts with what was promised; contact i has the reference number i + 1. Written range by range.</summary>
internal sealed class ContactsDemo(AppDb db, Ids ids, ISettings settings, IOrganization organization, ITimeline timeline, IToDos toDos, IDemoUsers users) : IDemoData
{
    private const int Range = 5_000;

    // Who sits at a desk, and how often promises are theirs.
    private static readonly string[] Desk = ["csr", "csr", "csr", "supervisor", "backoffice", "bizadmin"];

    public int Order => 30;
    public string Name => "contacts";

    public async Task Load(DemoPlan plan, IProgress<string> progress, CancellationToken ct)
    {
        var start = await Begin(plan, ct);
        for (var from = 0L; from < plan.Contacts; from += Range)
        {
            var to = Math.Min(from + Range, plan.Contacts);
            await LoadRange(start, from, to, ct);
            progress.Report(string.Create(CultureInfo.InvariantCulture, $"{to:N0} of {plan.Contacts:N0}"));
        }
    }

    /// <summary>Writes the types and takes the numbers. Ranges may then be loaded in any order, each in a unit of work of its own.</summary>
    internal async Task<DemoStaff> Begin(DemoPlan plan, CancellationToken ct)
    {
        var world = new DemoWorld(plan);
        var roles = (await organization.ToDoRoles(ct)).ToDictionary(r => r.Code, StringComparer.Ordinal);
        var types = new DemoTypes(ids.Next, plan.AsOf.AddYears(-10), roles);
        await db.BulkInsert(types.Classes, ct);
        await db.BulkInsert(types.Types, ct);
        await db.BulkInsert(types.Types.SelectMany(t => t.Characteristics), ct);
        await ids.ContinueNumbers(db, "contact", plan.Contacts + 1, ct);
        await ids.ContinueNumbers(db, "interaction", plan.Contacts + 1, ct);
        var employees = await organization.EmployeeIds(ct);
        var actors = new ActorRef[plan.Employees];
        for (var i = 0; i < actors.Length; i++)
        {
            var employee = world.Employee(i);
            actors[i] = new ActorRef(ActorKind.Employee, employees[employee.Number], $"{employee.Given} {employee.Family}");
        }
        var signIns = await users.Employees(ct);
        return new DemoStaff(
            world, types, actors, roles, [.. Desk.Where(signIns.ContainsKey).Select(n => Array.Find(actors, a => a.Id == signIns[n]))],
            await settings.Get(DemoKeys.FirstPerson, ct), await settings.Get(DemoKeys.FirstAccount, ct), await settings.Get(DemoKeys.FirstPremise, ct),
            await db.Set<WrapUpCode>().AsNoTracking().Where(c => c.Code != RecordWrongNumber.Code).OrderBy(c => c.Position).ToListAsync(ct));
    }

    internal async Task LoadRange(DemoStaff start, long from, long to, CancellationToken ct)
    {
        var book = new DemoBook(start, ids.Next);
        for (var i = from; i < to; i++)
            book.Enter(start.World.Contact(i));
        await db.BulkInsert(book.Calls, ct);
        await db.BulkInsert(book.Spans, ct);
        await db.BulkInsert(book.Contacts, ct);
        await db.BulkInsert(book.Logs, ct);
        await db.BulkInsert(book.Reminders, ct);
        await timeline.Load(book.Lines, ct);
        await toDos.Load(book.ToDos, ct);
    }
}

/// <summary>The world, and the records of others that contacts name.</summary>
/// <param name="Actors">Employee i.</param>
/// <param name="SignIns">Those who sign in to the demonstration: their own work is not empty.</param>
internal sealed record DemoStaff(
    DemoWorld World, DemoTypes Types, ActorRef[] Actors, IReadOnlyDictionary<string, ToDoRoleLine> Roles, ActorRef[] SignIns,
    long FirstPerson, long FirstAccount, long FirstPremise, IReadOnlyList<WrapUpCode> WrapUps);
