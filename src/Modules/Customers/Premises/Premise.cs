using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Audit;

namespace Tieline.Customers.Premises;

internal enum PremiseKind
{
    /// <summary>A service address.</summary>
    Address,
    /// <summary>A place without a house number: an intersection, a park, a neighbourhood.</summary>
    Location,
}

/// <summary>A place that is served, or at which something happens.</summary>
internal sealed class Premise : IAudited
{
    public Premise(long id, PremiseKind kind, AddressParts parts, string? oneLine = null, string? source = null, string? externalKey = null)
    {
        (Id, Kind, Source, ExternalKey) = (id, kind, source, externalKey);
        Place(parts, oneLine);
    }

    private Premise() { }

    public long Id { get; private init; }
    public PremiseKind Kind { get; private set; }
    public string? HouseNumber { get; private set; }
    public string? PreDirection { get; private set; }
    public string? StreetName { get; private set; }
    public string? StreetType { get; private set; }
    public string? PostDirection { get; private set; }
    public string? Unit { get; private set; }
    public string? City { get; private set; }
    public string? State { get; private set; }
    public string? PostalCode { get; private set; }
    public string? CrossStreet { get; private set; }
    public string OneLine { get; private set; } = "";
    /// <summary>The address without case, punctuation and abbreviations: the same place has the same key.</summary>
    public string MatchKey { get; private set; } = "";
    public bool LifeSupport { get; private set; }
    public bool SensitiveLoad { get; private set; }
    public string? Source { get; private init; }
    public string? ExternalKey { get; private init; }
    /// <summary>This was the same place as that one, which is found instead; never one that was merged too.</summary>
    public long? MergedIntoId { get; private set; }
    public DateTime? MergedAt { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("premise", Id);

    public AddressParts Parts => new(HouseNumber, PreDirection, StreetName, StreetType, PostDirection, Unit, City, State, PostalCode, CrossStreet is not null, CrossStreet);

    public void Change(PremiseKind kind, AddressParts parts)
    {
        Kind = kind;
        Place(parts, null);
        Version++;
    }

    public void Flag(bool lifeSupport, bool sensitiveLoad)
    {
        (LifeSupport, SensitiveLoad) = (lifeSupport, sensitiveLoad);
        Version++;
    }

    /// <summary>Who is supplied here changes. Of two who change it at once the second hears of the first, so that no two agreements of a type run.</summary>
    public void Supply() => Version++;

    public void MergeInto(long id, DateTime at) => (MergedIntoId, MergedAt, Version) = (id, at, Version + 1);

    public void BecomeItself() => (MergedIntoId, MergedAt, Version) = (null, null, Version + 1);

    private void Place(AddressParts parts, string? oneLine)
    {
        (HouseNumber, PreDirection, StreetName, StreetType, PostDirection) = (parts.HouseNumber, parts.PreDirection, parts.StreetName, parts.StreetType, parts.PostDirection);
        (Unit, City, State, PostalCode, CrossStreet) = (parts.Unit, parts.City, parts.State, parts.PostalCode, parts.CrossStreet);
        OneLine = oneLine ?? parts.OneLine;
        MatchKey = AddressText.MatchKey(parts) is { Length: > 0 } key ? key : Platform.Search.SearchText.Fold(OneLine);
    }
}

internal sealed class PremiseMap : IEntityTypeConfiguration<Premise>
{
    public void Configure(EntityTypeBuilder<Premise> builder)
    {
        builder.ToTable("premise");
        builder.Ignore(p => p.Parts);
        builder.HasIndex(p => new { p.Source, p.ExternalKey }, "ux_premise_external").IsUnique();
        builder.HasIndex(p => p.MatchKey, "ix_premise_match");
        builder.HasIndex(p => new { p.HouseNumber, p.PostalCode, p.StreetName, p.Unit, p.Id }, "ix_premise_house");
        builder.HasIndex(p => p.MergedIntoId, "ix_premise_merged");
        builder.HasOne<Premise>().WithMany().HasForeignKey(p => p.MergedIntoId);
    }
}
