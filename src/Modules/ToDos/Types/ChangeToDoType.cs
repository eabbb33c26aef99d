using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.ToDos.Entries;

namespace Tieline.ToDos.Types;

/// <summary>Changes what a type says and does, or takes it out of use: To Dos that exist stay, new ones are not made.</summary>
internal sealed class ChangeToDoType(AppDb db, CurrentActor actor, IOrganization organization, IEnumerable<IToDoKind> kinds, IEnumerable<IToDoMessages> messages) : IUse<ChangeToDoType.Input, Done>
{
    /// <param name="Version">As it was read.</param>
    /// <param name="FromOn">People make To Dos of it from this day on, until <paramref name="ToOn"/>; at once when null.</param>
    /// <param name="Message">What a new one says, with <c>{customer}</c> and other parameters; what its maker says when null.</param>
    /// <param name="RoleIds">To which roles one may be given; to all when there is none.</param>
    /// <param name="Skills">Without which nobody is given one as the next.</param>
    /// <param name="SortKeys">Names of parameters by which a list can be sorted.</param>
    /// <param name="AgesEveryDays">With each so many days one step more urgent.</param>
    /// <param name="EscalatesAfterDays">Not complete after so many days, it is escalated: to <paramref name="EscalationRoleId"/> where that is named.</param>
    /// <param name="LapsesAfterDays">So many days after its day it is complete by itself.</param>
    public sealed record Input(
        long Id, int Version, string? Name, int DefaultPriority = 5, long? DefaultRoleId = null, bool Active = true, DateOnly? FromOn = null, DateOnly? ToOn = null,
        string? Description = null, string? Message = null, IReadOnlyList<long>? RoleIds = null, IReadOnlyList<NeededSkill>? Skills = null, bool ByHand = true,
        DrillTarget DrillTarget = DrillTarget.ToDo, string? SortKeys = null, int? AgesEveryDays = null, int? EscalatesAfterDays = null, long? EscalationRoleId = null,
        int? LapsesAfterDays = null) : IToDoTypeTyped;

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Types);
        if (await db.Set<ToDoType>().SingleOrDefaultAsync(t => t.Id == input.Id, ct) is not { } type)
            return Problem.NotFound("The To Do type");
        var problems = new Problems();
        var own = MessageText.Names(messages.Of(type.Code)).ToArray();
        var details = await ToDoTypeDetails.Check(organization, input, type, own, problems, ct);
        if (kinds.Any(k => k.TypeCode == type.Code))
        {
            if (!input.Active)
                problems.Add(nameof(Input.Active), "Tieline itself makes To Dos of this type; without it they would be lost.", "todo.type.needed");
            if ((input.FromOn ?? input.ToOn) is not null)
                problems.Add(nameof(Input.ToOn), "Tieline itself makes To Dos of this type, on any day.", "todo.type.needed");
            if (input.DefaultRoleId is null)
                problems.Add(nameof(Input.DefaultRoleId), "Tieline itself makes To Dos of this type; someone must get them.", "todo.type.needed");
        }
        if (input.LapsesAfterDays is not null && (kinds.Any(k => k.TypeCode == type.Code) || messages.Any(m => m.Needed.Contains(type.Code))))
            problems.Add(nameof(Input.LapsesAfterDays), "These end with what they are about; by themselves they would be forgotten.", "todo.type.needed");
        if (problems.Any)
            return problems;

        db.Expect(type, input.Version);
        var sortedFromNow = type.SortKeys is null && details.SortKeys is not null;
        type.Change(details, input.Active);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            await details.Keep(db, type.Id, ct);
            await db.SaveChangesAsync(ct);
            // Open ones stand in the sorted list too; without values they come first.
            if (sortedFromNow)
                await db.Set<ToDo>().Where(t => t.TypeCode == type.Code && t.State != ToDoState.Complete && t.SortKey == null).ExecuteUpdateAsync(u => u.SetProperty(t => t.SortKey, ""), ct);
            return Done.It;
        }, ct);
    }
}
