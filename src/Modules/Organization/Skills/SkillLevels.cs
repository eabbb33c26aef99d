using Tieline.Platform.Ui;

namespace Tieline.Organization.Skills;

/// <summary>Levels in words.</summary>
internal static class SkillLevels
{
    public static readonly IReadOnlyList<Option> Options = [.. SkillLine.Levels.Select((w, i) => new Option($"{i + 1}", $"{i + 1} {w}"))];

    public static string Text(int level) => SkillLine.Levels[Math.Clamp(level, EmployeeSkill.Lowest, EmployeeSkill.Highest) - 1];
}
