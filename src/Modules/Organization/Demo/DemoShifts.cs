using Tieline.Organization.Shifts;
using Tieline.Platform.Demo;

namespace Tieline.Organization.Demo;

/// <summary>Shifts of the demonstration: offices by day, the telephones from early to late, crews by day and at weekends, dispatch and the control room around the clock.</summary>
internal static class DemoShifts
{
    private sealed record Pattern(string Code, string Name, string Calendar, string Week, bool WorksClosed = false);

    private static readonly Pattern[] Patterns =
    [
        new("OFFICE-DAY", "Office, by day", "OFFICE", Days("08:00-17:00", "1111100")),
        new("PHONE-EARLY", "Telephones, early", "OFFICE", Days("07:00-15:30", "1111100")),
        new("PHONE-LATE", "Telephones, late", "OFFICE", Days("10:30-19:00", "1111100")),
        new("FIELD-DAY", "Field, by day", "FIELD", Days("07:00-15:30", "1111100")),
        new("FIELD-SAT", "Field, with Saturdays", "FIELD", Days("07:00-15:30", "0111110")),
        new("DISP-EARLY-A", "Around the clock, early, Mon to Fri", "ALWAYS", Days("06:00-14:00", "1111100")),
        new("DISP-EARLY-B", "Around the clock, early, Wed to Sun", "ALWAYS", Days("06:00-14:00", "0011111")),
        new("DISP-LATE-A", "Around the clock, late, Mon to Fri", "ALWAYS", Days("14:00-22:00", "1111100")),
        new("DISP-LATE-B", "Around the clock, late, Wed to Sun", "ALWAYS", Days("14:00-22:00", "0011111")),
        new("DISP-NIGHT-A", "Around the clock, night, Mon to Fri", "ALWAYS", Days("22:00-06:00", "1111100")),
        new("DISP-NIGHT-B", "Around the clock, night, Wed to Sun", "ALWAYS", Days("22:00-06:00", "0011111")),
        new("IT-NIGHT", "Nightly runs", "OFFICE", Days("20:00-04:00", "1111100"), true),
    ];

    private static readonly string[] Clock = ["DISP-EARLY-A", "DISP-LATE-A", "DISP-NIGHT-A", "DISP-EARLY-B", "DISP-LATE-B", "DISP-NIGHT-B"];
    private static readonly string[] Reasons = ["Swapped with a colleague", "Training in the morning", "Storm preparation", "Medical appointment"];

    private static string Days(string times, string days) => string.Join(' ', days.Select(d => d == '1' ? times : "-"));

    public static IReadOnlyList<ShiftPattern> Kept(IReadOnlyDictionary<string, long> calendars, Func<long> nextId) =>
        [.. Patterns.Select(p => new ShiftPattern(nextId(), p.Code, p.Name, calendars[p.Calendar], p.WorksClosed, p.Week))];

    /// <param name="present">Places of people who sign in: they are at work by day.</param>
    public static IEnumerable<ShiftAssignment> Followed(DemoPlan plan, DemoEmployee[] people, long[] ids, HashSet<int> present, IReadOnlyDictionary<string, long> patterns, Func<long> nextId)
    {
        var stream = new DemoStream(plan.Seed, "shifts");
        var started = plan.AsOf.AddDays(-120);
        var codes = Codes(people);
        for (var i = 0; i < people.Length; i++)
        {
            var (person, random) = (people[i], stream.At(i));
            var from = person.HiredOn > started ? person.HiredOn : started;
            var code = present.Contains(i) ? "OFFICE-DAY" : codes[i];
            if (person.LeftOn < from)
                continue;
            // Some of the telephones have changed sides since.
            if (code is "PHONE-EARLY" or "PHONE-LATE" && random.Chance(0.3) && plan.AsOf.AddDays(-35) is var changed && changed > from)
            {
                yield return new ShiftAssignment(nextId(), ids[i], patterns[code == "PHONE-EARLY" ? "PHONE-LATE" : "PHONE-EARLY"], from);
                from = changed;
            }
            yield return new ShiftAssignment(nextId(), ids[i], patterns[code], from);
        }
    }

    /// <summary>In the coming days some have another shift, or none.</summary>
    public static IEnumerable<ShiftException> Said(DemoPlan plan, DemoEmployee[] people, long[] ids, HashSet<int> present, Func<long> nextId)
    {
        var stream = new DemoStream(plan.Seed, "shift exceptions");
        var codes = Codes(people);
        for (var i = 0; i < people.Length; i++)
        {
            var random = stream.At(i);
            if (people[i].LeftOn is not null || present.Contains(i) || !random.Chance(0.05) || codes[i].StartsWith("DISP", StringComparison.Ordinal))
                continue;
            var (on, reason) = (plan.AsOf.AddDays(random.Between(0, 12)), random.Pick(Reasons));
            var none = random.Chance(0.3);
            yield return new ShiftException(nextId(), ids[i], on, none ? null : new TimeOnly(11, 0), none ? null : new TimeOnly(19, 30), reason);
        }
    }

    /// <summary>At the same place. Those around the clock take turns within their department, so that no hour is left out.</summary>
    private static string[] Codes(DemoEmployee[] people)
    {
        var turns = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. people.Select((p, i) => p.Department is "DISPATCH" or "SYSOPS" ? Clock[(turns[p.Department] = turns.GetValueOrDefault(p.Department) + (p.LeftOn is null ? 1 : 0)) % Clock.Length] : Of(p, i))];
    }

    private static string Of(DemoEmployee person, int place) => person.Department switch
    {
        "CUSTSVC" => person.Position == "SUP" ? "OFFICE-DAY" : (place % 3) switch { 0 => "PHONE-EARLY", 1 => "PHONE-LATE", _ => "OFFICE-DAY" },
        "FIELDSVC" or "ELECTRIC" or "GASOPS" or "WATEROPS" => place % 4 == 0 ? "FIELD-SAT" : "FIELD-DAY",
        "METERING" or "METERREAD" or "VEGETATION" or "FLEET" => "FIELD-DAY",
        "ITOPS" when person.Position == "OPER" => "IT-NIGHT",
        _ => "OFFICE-DAY",
    };
}
