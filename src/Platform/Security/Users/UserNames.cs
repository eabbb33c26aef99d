using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>What people type to sign in: short, without spaces, letter case does not matter.</summary>
internal static class UserNames
{
    public const int Longest = 50;

    public static string Read(Problems problems, string field, string? typed)
    {
        var name = problems.Text(field, "User name", typed, Longest);
        if (name.Any(c => !char.IsLetterOrDigit(c) && c is not ('.' or '-' or '_' or '@')))
            problems.Add(field, "A user name has letters, digits and . - _ @ only.", "user.name.characters");
        return name;
    }

    public static Task<bool> IsTaken(AppDb db, string name, CancellationToken ct)
    {
        var normalised = name.ToUpperInvariant();
        return db.Set<UserAccount>().AnyAsync(u => u.NormalizedUserName == normalised, ct);
    }
}
