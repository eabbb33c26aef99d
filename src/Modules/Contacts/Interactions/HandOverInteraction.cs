using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Types;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Live;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Interactions;

/// <summary>
/// Hands a caller to a colleague or to a role, with everything typed: the note, and recording forms as far as they are filled in. It waits
/// until one of them accepts it; until then the giver may take it back.
/// </summary>
internal sealed class HandOverInteraction(AppDb db, CurrentActor actor, InteractionDesk desk, IOrganization organization, IUtilityClock clock, ILive live, Customers.ICustomers customers, IEmployeeSignIns signIns) : IUse<HandOverInteraction.Input, Done>
{
    // A caller waits: beyond this many everybody's strip asks again, instead of one after the other.
    private const int ToldOneByOne = 10;

    /// <param name="EmployeeId">To this colleague, or to <paramref name="RoleId"/>: a To Do role, such as that of the supervisors.</param>
    /// <param name="Comment">What the one who goes on must know.</param>
    /// <param name="Drafts">JSON, from the browser: recording forms of this interaction that are not stored yet.</param>
    public sealed record Input(long Id, long? EmployeeId = null, long? RoleId = null, string? Comment = null, string? Drafts = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        return await db.InTransaction(() => HandOver(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Done>> HandOver(Input input, CancellationToken ct)
    {
        // What is being recorded in it at this moment is recorded before it changes hands, or not in it.
        await db.Hold("interaction", [input.Id], ct);
        if (await desk.Find(input.Id, ct) is not { } interaction)
            return InteractionDesk.NotThere;
        desk.RequireTheirs(interaction);
        if (interaction.IsOver)
            return InteractionDesk.Over(interaction);
        var problems = new Problems();
        var comment = problems.Lines(nameof(Input.Comment), "What they must know", input.Comment, 2_000, required: false);
        var drafts = TypedDrafts.Read(input.Drafts, nameof(Input.Drafts), problems);
        var to = await Address(input, interaction, problems, ct);
        if (problems.Any)
            return problems;
        await customers.ParkCallers(interaction.AuditSubject, ct);
        var span = interaction.HandOver(input.EmployeeId, input.RoleId, to!, comment.Length > 0 ? comment : null, null, db.Now, db.NextId);
        if (drafts is not null)
            await Keep(interaction, drafts, ct);
        await desk.Step(interaction, InteractionStep.HandedOver, comment.Length > 0 ? $"To {to}: {comment}" : $"To {to}.", span, ct, interaction.EmployeeId, input.EmployeeId);
        if (input.RoleId is { } role)
            await TellRole(role, ct);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }

    private async Task<string?> Address(Input input, Interaction interaction, Problems problems, CancellationToken ct)
    {
        if (input.EmployeeId is not null && input.RoleId is not null)
            problems.Add(nameof(Input.RoleId), "Either a colleague or a role, not both.", "interaction.address.both");
        else if (input.EmployeeId is { } employee)
            return await Colleague(employee, interaction, problems, ct);
        else if (input.RoleId is { } role)
            return await Role(role, problems, ct);
        else
            problems.Add(nameof(Input.EmployeeId), "To whom? Name a colleague or a role.", "interaction.address.missing");
        return null;
    }

    private async Task<string?> Colleague(long employee, Interaction interaction, Problems problems, CancellationToken ct)
    {
        if (employee == interaction.EmployeeId)
            problems.Add(nameof(Input.EmployeeId), "It is theirs already.", "interaction.address.self");
        else if (await organization.Employee(employee, ct) is not { Active: true } colleague)
            problems.Add(nameof(Input.EmployeeId), "This person does not work here (any more).", "interaction.address.left");
        else if (!(await signIns.WhoMay(ContactsPermissions.Record, ct)).Contains(employee))
            problems.Add(nameof(Input.EmployeeId), $"{colleague.Name} does not take callers here: nobody would accept.", "interaction.address.no_sign_in");
        else if (await organization.AbsenceOn(employee, await clock.Today(ct), ct) is { } absence)
            problems.Add(
                nameof(Input.EmployeeId), $"{absence.Employee} is away until {absence.ToOn:d MMMM yyyy}{(absence.Deputy is null ? "" : $"; deputy is {absence.Deputy}")}. A caller cannot wait that long.",
                "interaction.address.absent");
        else
            return colleague.Name;
        return null;
    }

    private async Task<string?> Role(long role, Problems problems, CancellationToken ct)
    {
        if (await organization.ToDoRole(role, ct) is not { } found)
            problems.Add(nameof(Input.RoleId), "There is no such role (any more).", "interaction.address.role");
        else if (!found.HasMembers)
            problems.Add(nameof(Input.RoleId), $"Nobody is in the role {found.Name}: the caller would wait for nobody.", "interaction.address.nobody");
        else
            return found.Name;
        return null;
    }

    private async Task TellRole(long role, CancellationToken ct)
    {
        var members = await organization.MembersOf(role, ct);
        if (members.Count > ToldOneByOne)
            await live.Tell(InteractionDesk.Topic, null, ct);
        else
            await desk.Tell(ct, [.. members.Select(m => (long?)m.Id)]);
    }

    /// <summary>A form that was gone on with counts as it is now, not as it was when it was handed over before; the others stay as they were, also where this colleague was not shown what they say.</summary>
    private async Task Keep(Interaction interaction, IReadOnlyList<TypedDrafts.Form> drafts, CancellationToken ct)
    {
        var before = await db.Set<InteractionDraft>().Where(d => d.InteractionId == interaction.Id).ToListAsync(ct);
        db.RemoveRange(before.Where(b => drafts.Any(d => d.DraftId == b.Id)));
        interaction.KeepDrafts(drafts.Count > 0 || before.Count > 0);
        var named = drafts.Select(d => d.EmergencyTypeId).OfType<long>().ToArray();
        var emergencies = named.Length == 0 ? [] : await db.Set<ContactType>().Where(t => t.Emergency && named.Contains(t.Id)).Select(t => (long?)t.Id).ToListAsync(ct);
        foreach (var draft in drafts)
            db.Add(new InteractionDraft { Id = db.NextId(), InteractionId = interaction.Id, PersonId = draft.PersonId, EmergencyTypeId = emergencies.Contains(draft.EmergencyTypeId) ? draft.EmergencyTypeId : null, Fields = draft.Json });
    }
}
