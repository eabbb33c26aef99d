using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;

namespace Tieline.Contacts.WrapUps;

/// <summary>How a contact ended: "Answered", "Payment taken", "Passed on".</summary>
internal sealed class WrapUpCode(long id, string code, string name, bool resolves, int position, DateOnly fromOn, DateOnly? toOn) : IAudited
{
    public long Id { get; private init; } = id;
    public string Code { get; private init; } = code;
    public string Name { get; private set; } = name;
    /// <summary>Whether a contact that ends so is resolved, unless somebody says otherwise.</summary>
    public bool Resolves { get; private set; } = resolves;
    /// <summary>Place in the list, from 1.</summary>
    public int Position { get; private set; } = position;
    public DateOnly FromOn { get; private set; } = fromOn;
    public DateOnly? ToOn { get; private set; } = toOn;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("wrap_up_code", Id);

    public bool IsInForce(DateOnly on) => FromOn <= on && (ToOn is null || ToOn >= on);

    public void Change(string name, bool resolves, int position, DateOnly fromOn, DateOnly? toOn)
    {
        (Name, Resolves, Position, FromOn, ToOn) = (name, resolves, position, fromOn, toOn);
        Version++;
    }
}

internal sealed class WrapUpCodeMap : IEntityTypeConfiguration<WrapUpCode>
{
    public void Configure(EntityTypeBuilder<WrapUpCode> builder)
    {
        builder.ToTable("wrap_up_code");
        builder.HasIndex(c => c.Code, "ux_wrap_up_code").IsUnique();
    }
}

/// <summary>All wrap-up codes in their order, those of the past included.</summary>
internal sealed record KnownWrapUps(IReadOnlyList<WrapUpCode> All)
{
    public static async Task<KnownWrapUps> Read(AppDb db, CancellationToken ct) =>
        new(await db.Set<WrapUpCode>().AsNoTracking().OrderBy(c => c.Position).ThenBy(c => c.Name).ThenBy(c => c.Id).ToListAsync(ct));

    public IEnumerable<WrapUpCode> InForce(DateOnly on) => All.Where(c => c.IsInForce(on));

    /// <param name="typed">The code; <paramref name="id"/> goes before it.</param>
    public WrapUpCode? Find(long? id, string? typed) =>
        id is { } key ? All.FirstOrDefault(c => c.Id == key) : All.FirstOrDefault(c => string.Equals(c.Code, typed?.Trim(), StringComparison.OrdinalIgnoreCase));
}
