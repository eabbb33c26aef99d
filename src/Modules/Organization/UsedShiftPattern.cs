using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Shifts;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Time;

namespace Tieline.Organization;

internal sealed class UsedShiftPattern(AppDb db, IUtilityClock clock) : IUsedBy
{
    public string Kind => "shift_pattern";

    public async Task<IReadOnlyList<UsedByLine>> Of(long id, CancellationToken ct) =>
        [new("employees", await ShiftPatternRow.Of(db, await clock.Today(ct)).Where(p => p.Id == id).Select(p => p.People).SingleOrDefaultAsync(ct), $"/admin/shifts/week?pattern={id}")];
}
