using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Customers.People;

internal sealed class RotateIdentifiers(AppDb db, IProtectedValues values) : IRotateValues
{
    public string Name => "identifiers";

    public async Task<RotatedSlice> RotateNext(long after, int limit, CancellationToken ct)
    {
        var slice = await db.Set<PersonIdentifier>().Where(i => i.Id > after).OrderBy(i => i.Id).Take(limit).ToListAsync(ct);
        var changed = 0;
        foreach (var identifier in slice.Where(i => !values.IsCurrent(i.ProtectedValue)))
        {
            identifier.ProtectedValue = values.Protect(IdentifierText.Purpose, values.Unprotect(IdentifierText.Purpose, identifier.ProtectedValue));
            changed++;
        }
        await db.SaveChangesAsync(ct);
        return new RotatedSlice(slice.Count == 0 ? null : slice[^1].Id, changed);
    }
}
