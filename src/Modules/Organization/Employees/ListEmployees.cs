using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Shifts;
using Tieline.Organization.Skills;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Data;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Employees;

/// <summary>The directory.</summary>
internal sealed class ListEmployees(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<ListEmployees.Input, Page<EmployeeRow>>
{
    /// <param name="Search">Beginnings of names in any order, or a number.</param>
    /// <param name="Active">True for those who work here, false for those who left; without it all.</param>
    /// <param name="ShiftPatternId">Who follows it today.</param>
    /// <param name="Sort"><c>name</c>, <c>number</c>, <c>department</c>, <c>position</c>, <c>hired</c> or <c>away</c>; with a leading minus descending.</param>
    public sealed record Input(
        string? Search = null, long? DepartmentId = null, long? PositionId = null, long? SkillId = null, long? ToDoRoleId = null, bool? Active = null,
        string? Sort = null, int? Page = null, int? Size = null, long? ShiftPatternId = null);

    private static readonly Sorting<EmployeeRow> Orders = new(
        e => e.Id, ("name", e => e.NameKey), ("number", e => e.Number), ("department", e => e.Department), ("position", e => e.Position),
        ("hired", e => e.HiredOn), ("away", e => e.AwayUntil));

    public async Task<Outcome<Page<EmployeeRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        var today = await clock.Today(ct);
        var rows = EmployeeRow.Of(db, today);
        foreach (var word in SearchText.Words(input.Search))
        {
            var number = word.ToUpperInvariant();
            rows = rows.Where(e => e.NameKey.StartsWith(word) || e.NameKey.Contains(" " + word) || e.Number == number);
        }
        if (input.DepartmentId is { } department)
            rows = rows.Where(e => e.DepartmentId == department);
        if (input.PositionId is { } position)
            rows = rows.Where(e => e.PositionId == position);
        if (input.SkillId is { } skill)
            rows = rows.Where(e => db.Set<EmployeeSkill>().Any(s => s.EmployeeId == e.Id && s.SkillId == skill));
        if (input.ToDoRoleId is { } role)
            rows = rows.Where(e => db.Set<ToDoRoleMember>().Any(m => m.EmployeeId == e.Id && m.ToDoRoleId == role));
        if (input.ShiftPatternId is { } pattern)
            rows = rows.Where(e => ShiftAssignment.On(db, today).Any(a => a.EmployeeId == e.Id && a.PatternId == pattern));
        if (input.Active is { } active)
            rows = rows.Where(e => e.LeftOn == null == active);
        return await Orders.Apply(rows, input.Sort).PageOf(input.Page, input.Size, ct);
    }
}
