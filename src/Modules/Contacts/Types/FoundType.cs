using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Types;

/// <summary>A contact type by key, code or shorthand, with its characteristics.</summary>
internal sealed class FoundType(AppDb db)
{
    /// <param name="typed">Code or shorthand; <paramref name="id"/> goes before it.</param>
    public async Task<ContactType?> Find(long? id, string? typed, CancellationToken ct)
    {
        var types = db.Set<ContactType>().AsNoTracking().Include(t => t.Characteristics);
        if (id is { } key)
            return await types.SingleOrDefaultAsync(t => t.Id == key, ct);
        var text = TypedText.OneLine(typed, 100);
        if (text.Length == 0)
            return null;
        var (code, shorthand) = (text.ToUpperInvariant(), text.ToLowerInvariant());
        return await types.Where(t => t.Code == code || t.Shorthand == shorthand).OrderBy(t => t.Shorthand == shorthand ? 0 : 1).FirstOrDefaultAsync(ct);
    }

    /// <summary>A class that is taken out of use takes its types with it.</summary>
    public Task<bool> ClassInUse(ContactType type, CancellationToken ct) => db.Set<ContactClass>().AnyAsync(c => c.Id == type.ClassId && c.Active, ct);
}
