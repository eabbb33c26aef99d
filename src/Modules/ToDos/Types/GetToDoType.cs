using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Types;

internal sealed class GetToDoType(AppDb db, CurrentActor actor, IEnumerable<IToDoMessages> messages) : IUse<GetToDoType.Input, GetToDoType.File>
{
    public sealed record Input(long Id);

    /// <param name="Says">What its makers say until <paramref name="Message"/> has better words; null for those who write each one.</param>
    public sealed record File(
        long Id, string Code, string Name, string Description, string? Message, string? Says, int DefaultPriority, long? DefaultRoleId, IReadOnlyList<long> RoleIds, IReadOnlyList<NeededSkill> Skills,
        bool ByHand, DrillTarget DrillTarget, string? SortKeys, int? AgesEveryDays, int? EscalatesAfterDays, long? EscalationRoleId, int? LapsesAfterDays,
        bool Active, DateOnly? FromOn, DateOnly? ToOn, int Version);

    public async Task<Outcome<File>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Work);
        if (await db.Set<ToDoType>().AsNoTracking().SingleOrDefaultAsync(t => t.Id == input.Id, ct) is not { } t)
            return Problem.NotFound("The To Do type");
        var roles = await db.Set<ToDoTypeRole>().Where(r => r.TypeId == t.Id).OrderBy(r => r.RoleId).Select(r => r.RoleId).ToListAsync(ct);
        var skills = await db.Set<ToDoTypeSkill>().Where(s => s.TypeId == t.Id).OrderBy(s => s.SkillId).Select(s => new NeededSkill(s.SkillId, s.Level)).ToListAsync(ct);
        return new File(
            t.Id, t.Code, t.Name, t.Description, t.Message, messages.Of(t.Code), t.DefaultPriority, t.DefaultRoleId, roles, skills,
            t.ByHand, t.DrillTarget, t.SortKeys, t.AgesEveryDays, t.EscalatesAfterDays, t.EscalationRoleId, t.LapsesAfterDays, t.Active, t.FromOn, t.ToOn, t.Version);
    }
}
