using Tieline.Customers;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.FromCustomers;

/// <summary>Makes work of deaths that were reported: the estates desk writes to the family, sees papers, and settles the accounts.</summary>
internal sealed class EstateWork(AppDb db, IToDos toDos, IOrganization organization, IUtilityClock clock) : IFlowWork
{
    public const string Role = "ESTATES";
    public const string ToDoType = "DEATH";

    public static async Task Seed(IToDos toDos, IOrganization organization, AppDb db, CancellationToken ct)
    {
        await organization.EnsureToDoRole(Role, "Estates", "Deaths that were reported: papers of executors, final bills, accounts to settle", ct);
        await db.SaveChangesAsync(ct);
        await toDos.EnsureType(ToDoType, "Death reported", 3, Role, ct);
        await db.SaveChangesAsync(ct);
    }

    public async Task<Outcome<string>> Give(FlowWork work, CancellationToken ct)
    {
        // A start that was long ago may have been before this type.
        await Seed(toDos, organization, db, ct);
        var created = await toDos.Create(new NewToDo(ToDoType, work.Subject, await clock.Today(ct), work.Cause, PersonId: work.PersonId), ct);
        if (!created.Ok)
            return Outcome<string>.Broken(created.Problems);
        return (await organization.ToDoRole(Role, ct))?.Name ?? Role;
    }

    public Task Reword(RecordRef cause, string subject, CancellationToken ct) => toDos.Reword(cause, subject, ct);

    public Task TakeBack(RecordRef cause, string because, CancellationToken ct) => toDos.CompleteFor(cause, because, ct);
}
