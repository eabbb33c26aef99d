using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Data;

namespace Tieline.Platform.Security;

/// <summary>What a role may do; administrators change it.</summary>
internal sealed class RolePermission : IAudited
{
    public required string Role { get; init; }
    public required string Permission { get; init; }
    /// <summary>Null for what was granted before this was kept.</summary>
    public DateTime? GrantedAt { get; init; }

    public RecordRef AuditSubject => new("role_permission", 0);
}

/// <summary>A permission whose default roles have been granted once. What an administrator took away afterwards stays away.</summary>
[NotAudited("remembers what was seeded; the grants themselves are audited")]
internal sealed class KnownPermission
{
    public required string Name { get; init; }
    public required DateTime SeenAt { get; init; }
}

internal sealed class RightsMap : IEntityTypeConfiguration<RolePermission>, IEntityTypeConfiguration<KnownPermission>
{
    public void Configure(EntityTypeBuilder<RolePermission> builder)
    {
        builder.ToTable("role_permission");
        builder.HasKey(r => new { r.Role, r.Permission });
    }

    public void Configure(EntityTypeBuilder<KnownPermission> builder)
    {
        builder.ToTable("known_permission");
        builder.HasKey(p => p.Name);
    }
}

/// <summary>Grants every permission that this database has not yet seen to its default roles.</summary>
internal sealed class RightsSeeder(AppDb db, ModuleList modules) : IStartStep
{
    public int Order => 30;

    public async Task Run(CancellationToken ct)
    {
        try
        {
            await Seed(ct);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception))
        {
            // Another node started at the same moment and was first; whatever it did not know is granted now.
            db.Forget();
            await Seed(ct);
        }
    }

    private async Task Seed(CancellationToken ct)
    {
        var known = await db.Set<KnownPermission>().Select(p => p.Name).ToHashSetAsync(StringComparer.Ordinal, ct);
        var granted = (await db.Set<RolePermission>().AsNoTracking().ToListAsync(ct)).Select(r => (r.Role, r.Permission)).ToHashSet();
        foreach (var permission in modules.Modules.SelectMany(m => m.Permissions).Where(p => !known.Contains(p.Name)))
        {
            db.Add(new KnownPermission { Name = permission.Name, SeenAt = db.Now });
            db.AddRange(permission.DefaultRoles.Where(r => !granted.Contains((r, permission.Name)))
                .Select(r => new RolePermission { Role = r, Permission = permission.Name, GrantedAt = db.Now }));
        }
        await db.SaveChangesAsync(ct);
    }
}
