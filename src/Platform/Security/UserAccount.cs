using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Tieline.Platform.Security;

/// <summary>A person's sign-in. Passwords, lock-out and stamps are ASP.NET Core Identity's.</summary>
internal sealed class UserAccount : IdentityUser<long>, IAudited
{
    public long? EmployeeId { get; init; }
    public required string DisplayName { get; set; }
    public bool Active { get; set; } = true;
    /// <summary>Came with the demonstration data: refused from other machines.</summary>
    public bool Demo { get; init; }

    public RecordRef AuditSubject => new("user_account", Id);
}

internal sealed class UserRole : IAudited
{
    public required long UserId { get; init; }
    public required string Role { get; init; }

    public RecordRef AuditSubject => new("user_account", UserId);
}

internal sealed class RolePermission : IAudited
{
    public required string Role { get; init; }
    public required string Permission { get; init; }

    public RecordRef AuditSubject => new("role_permission", 0);
}

/// <summary>A signed-in browser. The cookie holds its id, the database everything else, so that ending it works at once.</summary>
[NotAudited("signing in and out are noted by their own actions")]
internal sealed class Session
{
    /// <summary>SHA-256 of the random id in the cookie.</summary>
    public required string Id { get; init; }
    public required long UserId { get; init; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime ExpiresAt { get; set; }
    public required string Source { get; init; }
    public DateTime? EndedAt { get; set; }
}

internal sealed class ApiKey : IAudited
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    /// <summary>The readable start of the key, by which it is found.</summary>
    public required string Prefix { get; init; }
    [Masked]
    public required string Hash { get; init; }
    /// <summary>Permission names, space separated.</summary>
    public required string Permissions { get; init; }
    public required ActorRef CreatedBy { get; init; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? ExpiresAt { get; init; }
    public DateTime? RevokedAt { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("api_key", Id);

    public void Revoke(DateTime at) => (RevokedAt, Version) = (at, Version + 1);
}

/// <summary>One-time link by which the first administrator of an empty installation sets a password.</summary>
internal sealed class SetUpLink : IAudited
{
    public required long Id { get; init; }
    [Masked]
    public required string Hash { get; init; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime ExpiresAt { get; init; }
    public DateTime? UsedAt { get; set; }

    public RecordRef AuditSubject => new("set_up_link", Id);
}

/// <summary>A key of ASP.NET Core Data Protection, wrapped by the master key.</summary>
[NotAudited("kept by the framework's key ring")]
internal sealed class ProtectionKey
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required string Xml { get; init; }
    public required DateTime CreatedAt { get; init; }
}

internal sealed class SecurityMap :
    IEntityTypeConfiguration<UserAccount>, IEntityTypeConfiguration<UserRole>, IEntityTypeConfiguration<RolePermission>,
    IEntityTypeConfiguration<Session>, IEntityTypeConfiguration<ApiKey>, IEntityTypeConfiguration<SetUpLink>, IEntityTypeConfiguration<ProtectionKey>
{
    public void Configure(EntityTypeBuilder<UserAccount> builder)
    {
        builder.ToTable("user_account");
        builder.HasIndex(u => u.NormalizedUserName, "ux_user_account_name").IsUnique();
        builder.HasIndex(u => u.EmployeeId, "ix_user_account_employee");
        builder.Property(u => u.UserName).IsRequired();
        builder.Property(u => u.NormalizedUserName).IsRequired();
    }

    public void Configure(EntityTypeBuilder<UserRole> builder)
    {
        builder.ToTable("user_role");
        builder.HasKey(r => new { r.UserId, r.Role });
        builder.HasOne<UserAccount>().WithMany().HasForeignKey(r => r.UserId);
    }

    public void Configure(EntityTypeBuilder<RolePermission> builder)
    {
        builder.ToTable("role_permission");
        builder.HasKey(r => new { r.Role, r.Permission });
    }

    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.ToTable("session");
        builder.HasOne<UserAccount>().WithMany().HasForeignKey(s => s.UserId);
        builder.HasIndex(s => s.UserId, "ix_session_user");
    }

    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_key");
        builder.HasIndex(k => k.Prefix, "ux_api_key_prefix").IsUnique();
    }

    public void Configure(EntityTypeBuilder<SetUpLink> builder)
    {
        builder.ToTable("set_up_link");
    }

    public void Configure(EntityTypeBuilder<ProtectionKey> builder) => builder.ToTable("protection_key");
}
