using Tieline.Contacts.Types;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Records;

/// <summary>What of a type's script was read out, as the contact's log keeps it: after an accident somebody asks.</summary>
internal static class ScriptRead
{
    private const int MostSteps = 50;
    private const int MaxStep = 2_000;

    /// <param name="ticked">In the words that were shown: the script may have been changed since the form was opened.</param>
    /// <returns>Null when no script was shown; of a script that warns of no danger also when nothing was ticked.</returns>
    public static string? Words(ContactType? type, IReadOnlyList<string>? ticked, string field, Problems problems)
    {
        if (type is null || ticked is null)
            return null;
        if (ticked.Count > MostSteps + 1)
            problems.Add(field, $"A script has at most {MostSteps} steps.", "contact.script.steps");
        string[] read = [.. ticked.Take(MostSteps + 1).Select(t => problems.Text(field, "Step", t, MaxStep, required: false)).Where(t => t.Length > 0).Distinct(StringComparer.Ordinal)];
        if (read.Length == 0 && (!type.Emergency || type.Steps.Count == 0))
            return null;
        var left = type.Steps.Select(s => TypedText.OneLine(s, s.Length)).Except(read, StringComparer.Ordinal).ToArray();
        return $"{(read.Length == 0 ? "Of the script nothing was ticked." : $"Read out: {Listed(read)}.")}{(read.Length > 0 && left.Length > 0 ? $" Not ticked: {Listed(left)}." : "")}";
    }

    private static string Listed(IEnumerable<string> steps) => string.Join(", ", steps.Select(s => $"“{s}”"));
}
