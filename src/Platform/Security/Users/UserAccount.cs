using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Data;

namespace Tieline.Platform.Security;

/// <summary>A person's sign-in. Passwords, lock-out and stamps are ASP.NET Core Identity's.</summary>
internal sealed class UserAccount : IdentityUser<long>, IAudited
{
    public long? EmployeeId { get; init; }
    public required string DisplayName { get; set; }
    public bool Active { get; set; } = true;
    /// <summary>Came with the demonstration data: refused from other machines.</summary>
    public bool Demo { get; init; }

    [Masked]
    public override string? PasswordHash { get; set; }
    [Masked]
    public override string? SecurityStamp { get; set; }

    public RecordRef AuditSubject => new("user_account", Id);

    /// <summary>Whom this user acts as. Somebody without an employee record (an administrator from outside) has the negative id of the sign-in.</summary>
    public long ActorId => EmployeeId ?? -Id;

    public bool IsLocked(DateTime now) => LockoutEnd is { } until && until.UtcDateTime > now;

    public void Unlock()
    {
        (LockoutEnd, AccessFailedCount) = (null, 0);
        Touch();
    }

    /// <summary>Marks a change: of two people who save the same user the second hears of the first.</summary>
    public void Touch() => ConcurrencyStamp = Guid.NewGuid().ToString("N");

    /// <summary>Ready to be added; the password comes later, by a one-time link.</summary>
    public static UserAccount New(long id, string userName, string displayName, long? employeeId, bool demo = false) => new()
    {
        Id = id, UserName = userName, NormalizedUserName = userName.ToUpperInvariant(), DisplayName = displayName, EmployeeId = employeeId,
        Demo = demo, LockoutEnabled = true, SecurityStamp = Guid.NewGuid().ToString("N"),
    };
}

internal sealed class UserRole : IAudited
{
    public required long UserId { get; init; }
    public required string Role { get; init; }
    /// <summary>Null for what was given before this was kept.</summary>
    public DateTime? GrantedAt { get; init; }
    /// <summary>They have it from this day on; null for at once.</summary>
    public DateOnly? FromOn { get; private set; }
    /// <summary>The last day; null for no end.</summary>
    public DateOnly? ToOn { get; private set; }

    public RecordRef AuditSubject => new("user_account", UserId);

    public UserRole On(DateOnly? from, DateOnly? to)
    {
        (FromOn, ToOn) = (from, to);
        return this;
    }
}

internal static class DaysOfRoles
{
    /// <summary>Roles that somebody has on a day.</summary>
    public static IQueryable<UserRole> HeldOn(this IQueryable<UserRole> roles, DateOnly day) =>
        roles.Where(r => (r.FromOn == null || r.FromOn <= day) && (r.ToOn == null || r.ToOn >= day));

    /// <summary>Roles that somebody has on a day and that do not end by themselves.</summary>
    public static IQueryable<UserRole> HeldForGood(this IQueryable<UserRole> roles, DateOnly day) => roles.HeldOn(day).Where(r => r.ToOn == null);
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
    /// <summary>When it was last used; written some time later. Null for not yet.</summary>
    public DateTime? SeenAt { get; set; }
}

/// <summary>One-time link by which someone sets their password: the first administrator of an empty installation, or a user whom an administrator gave it.</summary>
internal sealed class SetUpLink : IAudited
{
    public static readonly TimeSpan Length = TimeSpan.FromHours(24);

    public required long Id { get; init; }
    [Masked]
    public required string Hash { get; init; }
    /// <summary>Null for the first administrator, who does not exist yet.</summary>
    public long? UserId { get; init; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime ExpiresAt { get; set; }
    public DateTime? UsedAt { get; set; }
    public int Version { get; set; }

    public RecordRef AuditSubject => UserId is { } user ? new("user_account", user) : new("set_up_link", Id);
}

internal sealed class UserMap :
    IEntityTypeConfiguration<UserAccount>, IEntityTypeConfiguration<UserRole>, IEntityTypeConfiguration<Session>, IEntityTypeConfiguration<SetUpLink>
{
    public void Configure(EntityTypeBuilder<UserAccount> builder)
    {
        builder.ToTable("user_account");
        builder.HasIndex(u => u.NormalizedUserName, "ux_user_account_name").IsUnique();
        builder.HasIndex(u => u.EmployeeId, "ix_user_account_employee");
        builder.Property(u => u.UserName).IsRequired();
        builder.Property(u => u.NormalizedUserName).IsRequired();
        builder.Property(u => u.ConcurrencyStamp).IsConcurrencyToken();
        builder.Ignore(u => u.ActorId);
        // As all instants: SQLite could not compare the other form.
        builder.Property(u => u.LockoutEnd).HasConversion(
            at => at == null ? (DateTime?)null : at.Value.UtcDateTime.TruncateToMicroseconds(),
            at => at == null ? null : new DateTimeOffset(DateTime.SpecifyKind(at.Value, DateTimeKind.Utc)));
    }

    public void Configure(EntityTypeBuilder<UserRole> builder)
    {
        builder.ToTable("user_role");
        builder.HasKey(r => new { r.UserId, r.Role });
        builder.HasOne<UserAccount>().WithMany().HasForeignKey(r => r.UserId);
    }

    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.ToTable("session");
        builder.HasOne<UserAccount>().WithMany().HasForeignKey(s => s.UserId);
        builder.HasIndex(s => s.UserId, "ix_session_user");
    }

    public void Configure(EntityTypeBuilder<SetUpLink> builder)
    {
        builder.ToTable("set_up_link");
        builder.HasIndex(l => l.Hash, "ux_set_up_link_hash").IsUnique();
    }
}
