using Tieline.Platform.Ui;

namespace Tieline.Organization.Skills;

/// <summary>Levels in words.</summary>
internal static class SkillLevels
{
    private static readonly string[] Words = ["learning", "basic", "good", "very good", "teaches others"];

    public static readonly IReadOnlyList<Option> Options = [.. Words.Select((w, i) => new Option($"{i + 1}", $"{i + 1} {w}"))];

    public static string Text(int level) => Words[Math.Clamp(level, EmployeeSkill.Lowest, EmployeeSkill.Highest) - 1];
}
