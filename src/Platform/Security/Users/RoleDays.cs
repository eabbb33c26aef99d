using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>A role that somebody has on some days only: standing in for a supervisor, a consultant's weeks.</summary>
/// <param name="FromOn">First day; at once when null.</param>
/// <param name="ToOn">Last day; no end when null.</param>
public sealed record RoleDays(string? Role, DateOnly? FromOn = null, DateOnly? ToOn = null)
{
    internal bool ForGood(DateOnly today) => !(FromOn > today) && ToOn is null;

    /// <summary>The days of roles as typed, each once; a problem for one that is not given, or ends before it begins.</summary>
    /// <param name="roles">What the user is given.</param>
    internal static IReadOnlyDictionary<string, RoleDays> Read(Problems problems, string field, IReadOnlyList<string> roles, IReadOnlyList<RoleDays>? typed)
    {
        var days = new Dictionary<string, RoleDays>(StringComparer.Ordinal);
        foreach (var (one, at) in (typed ?? []).Select((d, i) => (d, $"{field}[{i}]")))
        {
            if (one?.Role is not { } role || !roles.Contains(role, StringComparer.Ordinal))
                problems.Add($"{at}.{nameof(Role)}", "Give the role as well: these are days of a role that the user has.", "role.days.role");
            else if (!days.TryAdd(role, one))
                problems.Add($"{at}.{nameof(Role)}", "This role has days already.", "role.days.twice");
            problems.InOrder($"{at}.{nameof(ToOn)}", one?.FromOn, one?.ToOn);
        }
        return days;
    }
}
