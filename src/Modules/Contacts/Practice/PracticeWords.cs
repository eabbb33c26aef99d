namespace Tieline.Contacts.Practice;

internal static class PracticeWords
{
    /// <summary>"11 s", "1 min 5 s".</summary>
    public static string Time(int seconds) => seconds < 60 ? $"{seconds} s" : $"{seconds / 60} min {seconds % 60} s";

    public static string Level(int level) => level switch
    {
        1 => "Easy",
        2 => "Takes care",
        _ => "Difficult",
    };
}
