using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>The roles that every installation starts with.</summary>
public static class Roles
{
    public const string Csr = "csr";
    public const string Supervisor = "supervisor";
    public const string BackOffice = "back-office";
    public const string Operator = "operator";
    public const string TechnicalAdministrator = "technical-administrator";
    public const string BusinessAdministrator = "business-administrator";

    /// <summary>Everyone who works with customers.</summary>
    public static readonly string[] Desk = [Csr, Supervisor, BackOffice, BusinessAdministrator];

    public static readonly string[] All = [Csr, Supervisor, BackOffice, Operator, TechnicalAdministrator, BusinessAdministrator];

    /// <summary>What people read: "Technical administrator".</summary>
    public static string InWords(string role) => role switch
    {
        Csr => "Customer service",
        BackOffice => "Back office",
        _ => char.ToUpperInvariant(role[0]) + role[1..].Replace('-', ' '),
    };

    /// <summary>Known roles as chosen, each once; a problem for an unknown one.</summary>
    internal static IReadOnlyList<string> Read(Problems problems, string field, IReadOnlyList<string>? chosen)
    {
        var roles = (chosen ?? []).Distinct(StringComparer.Ordinal).ToList();
        if (roles.Find(r => !All.Contains(r, StringComparer.Ordinal)) is { } unknown)
            problems.Add(field, $"There is no role '{TypedText.OneLine(unknown, 50)}'.", "role.unknown");
        return roles;
    }
}
