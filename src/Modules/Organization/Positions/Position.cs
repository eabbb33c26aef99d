using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Organization.Employees;
using Tieline.Platform;
using Tieline.Platform.Data;

namespace Tieline.Organization.Positions;

/// <summary>What someone is employed as.</summary>
internal sealed class Position(long id, string code, string title) : IAudited
{
    public long Id { get; private init; } = id;
    public string Code { get; private init; } = code;
    public string Title { get; private set; } = title;
    public bool Active { get; private set; } = true;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("position", Id);

    public void Change(string title, bool active)
    {
        (Title, Active) = (title, active);
        Version++;
    }
}

internal sealed class PositionMap : IEntityTypeConfiguration<Position>
{
    public void Configure(EntityTypeBuilder<Position> builder)
    {
        builder.ToTable("position");
        builder.HasIndex(p => p.Code, "ux_position_code").IsUnique();
    }
}

/// <summary>A position as it is listed.</summary>
internal sealed record PositionRow
{
    public long Id { get; init; }
    public string Code { get; init; } = "";
    public string Title { get; init; } = "";
    public int Employees { get; init; }
    public bool Active { get; init; }
    public int Version { get; init; }

    public static IQueryable<PositionRow> Of(AppDb db) =>
        from p in db.Set<Position>()
        select new PositionRow
        {
            Id = p.Id, Code = p.Code, Title = p.Title, Active = p.Active, Version = p.Version,
            Employees = db.Set<Employee>().Count(e => e.PositionId == p.Id && e.LeftOn == null),
        };
}
