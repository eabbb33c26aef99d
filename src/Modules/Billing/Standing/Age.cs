namespace Tieline.Billing.Standing;

/// <summary>How old something is, in the words one would use on the telephone.</summary>
internal static class Age
{
    public static string Words(TimeSpan age) => age switch
    {
        { TotalMinutes: < 2 } => "just now",
        { TotalMinutes: < 60 } => $"{(int)age.TotalMinutes} min ago",
        { TotalHours: < 48 } => $"{(int)age.TotalHours} h ago",
        { TotalDays: < 60 } => $"{(int)age.TotalDays} days ago",
        { TotalDays: < 730 } => $"{(int)(age.TotalDays / 30.44)} months ago",
        _ => $"{(int)(age.TotalDays / 365.25)} years ago",
    };
}
