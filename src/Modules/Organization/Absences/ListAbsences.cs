using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Organization.Absences;

/// <summary>Who is away when; cancelled absences are left out.</summary>
internal sealed class ListAbsences(AppDb db, CurrentActor actor) : IUse<ListAbsences.Input, Page<AbsenceRow>>
{
    /// <param name="FromOn">Absences that end on this day or later.</param>
    /// <param name="ToOn">Absences that begin on this day or earlier.</param>
    /// <param name="Sort"><c>from</c>, <c>to</c>, <c>employee</c> or <c>deputy</c>; with a leading minus descending.</param>
    public sealed record Input(
        long? EmployeeId = null, long? DeputyId = null, DateOnly? FromOn = null, DateOnly? ToOn = null, string? Sort = null, int? Page = null, int? Size = null);

    private static readonly Sorting<AbsenceRow> Orders =
        new(a => a.Id, ("from", a => a.FromOn), ("to", a => a.ToOn), ("employee", a => a.Employee), ("deputy", a => a.Deputy));

    public async Task<Outcome<Page<AbsenceRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(OrganizationPermissions.Read);
        var rows = AbsenceRow.Of(db, actor.May(OrganizationPermissions.Absences)).Where(a => a.CancelledAt == null);
        if (input.EmployeeId is { } employee)
            rows = rows.Where(a => a.EmployeeId == employee);
        if (input.DeputyId is { } deputy)
            rows = rows.Where(a => a.DeputyId == deputy);
        if (input.FromOn is { } from)
            rows = rows.Where(a => a.ToOn >= from);
        if (input.ToOn is { } to)
            rows = rows.Where(a => a.FromOn <= to);
        return await Orders.Apply(rows, input.Sort).PageOf(input.Page, input.Size, ct);
    }
}
