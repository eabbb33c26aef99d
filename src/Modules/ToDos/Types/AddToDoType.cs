using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Types;

/// <summary>Adds a kind of work. Its code stays for good; the rest can be changed.</summary>
internal sealed class AddToDoType(AppDb db, CurrentActor actor, IOrganization organization) : IUse<AddToDoType.Input, Added>
{
    /// <param name="FromOn">People make To Dos of it from this day on, until <paramref name="ToOn"/>; at once when null.</param>
    /// <param name="Message">What a new one says, with <c>{customer}</c> and other parameters; what its maker says when null.</param>
    /// <param name="RoleIds">To which roles one may be given; to all when there is none.</param>
    /// <param name="Skills">Without which nobody is given one as the next.</param>
    /// <param name="SortKeys">Names of parameters by which a list can be sorted.</param>
    /// <param name="AgesEveryDays">With each so many days one step more urgent.</param>
    /// <param name="EscalatesAfterDays">Not complete after so many days, it is escalated: to <paramref name="EscalationRoleId"/> where that is named.</param>
    /// <param name="LapsesAfterDays">So many days after its day it is complete by itself.</param>
    public sealed record Input(
        string? Code, string? Name, int DefaultPriority = 5, long? DefaultRoleId = null, DateOnly? FromOn = null, DateOnly? ToOn = null,
        string? Description = null, string? Message = null, IReadOnlyList<long>? RoleIds = null, IReadOnlyList<NeededSkill>? Skills = null, bool ByHand = true,
        DrillTarget DrillTarget = DrillTarget.ToDo, string? SortKeys = null, int? AgesEveryDays = null, int? EscalatesAfterDays = null, long? EscalationRoleId = null,
        int? LapsesAfterDays = null) : IToDoTypeTyped;

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Types);
        var problems = new Problems();
        var code = problems.Code(nameof(Input.Code), "Code", input.Code);
        if (await db.Set<ToDoType>().AnyAsync(t => t.Code == code, ct))
            problems.Add(nameof(Input.Code), $"There is already a type with the code {code}.", "todo.type.taken");
        var details = await ToDoTypeDetails.Check(organization, input, null, [], problems, ct);
        if (problems.Any)
            return problems;

        var type = ToDoType.Of(db.NextId(), code, details);
        db.Add(type);
        await details.Keep(db, type.Id, ct);
        await db.SaveChangesAsync(ct);
        return new Added(type.Id);
    }
}
