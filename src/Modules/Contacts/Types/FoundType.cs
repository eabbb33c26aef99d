using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Types;

/// <summary>All contact types with their characteristics, and their classes.</summary>
internal sealed record KnownTypes(IReadOnlyDictionary<long, ContactType> ById, IReadOnlyDictionary<string, ContactType> ByCode, IReadOnlyDictionary<string, ContactType> ByShorthand, IReadOnlyDictionary<long, ContactClass> Classes)
{
    /// <summary>A class that is not in use takes its types with it.</summary>
    public bool ClassInForce(ContactType type, DateOnly on) => Classes.TryGetValue(type.ClassId, out var kind) && kind.IsInForce(on);

    public static async Task<KnownTypes> Read(AppDb db, CancellationToken ct)
    {
        var types = await db.Set<ContactType>().AsNoTracking().Include(t => t.Characteristics).ToListAsync(ct);
        return new(
            types.ToDictionary(t => t.Id), types.ToDictionary(t => t.Code, StringComparer.Ordinal),
            types.Where(t => t.Shorthand is not null).ToDictionary(t => t.Shorthand!, StringComparer.Ordinal),
            await db.Set<ContactClass>().AsNoTracking().ToDictionaryAsync(c => c.Id, ct));
    }
}

/// <summary>A contact type by key, code or shorthand, with its characteristics: to be read, never changed.</summary>
internal sealed class FoundType(AppDb db, ReferenceCache<KnownTypes> known)
{
    /// <param name="typed">Code or shorthand; <paramref name="id"/> goes before it.</param>
    public async Task<ContactType?> Find(long? id, string? typed, CancellationToken ct)
    {
        var types = await known.Get(ct);
        if (id is { } key)
            return types.ById.GetValueOrDefault(key);
        var text = TypedText.OneLine(typed, 100);
        return types.ByShorthand.GetValueOrDefault(text.ToLowerInvariant()) ?? types.ByCode.GetValueOrDefault(text.ToUpperInvariant());
    }

    public async Task<bool> ClassInForce(ContactType type, DateOnly on, CancellationToken ct) => (await known.Get(ct)).ClassInForce(type, on);

    /// <summary>Types or classes change with what is saved next.</summary>
    public void Change() => db.AfterCommit(known.Forget);
}
