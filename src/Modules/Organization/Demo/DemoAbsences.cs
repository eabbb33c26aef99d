using Tieline.Organization.Absences;
using Tieline.Platform.Demo;

namespace Tieline.Organization.Demo;

/// <summary>Absences of the demonstration: some over, some now, some to come, each with a deputy of the same department.</summary>
internal static class DemoAbsences
{
    private static readonly string[] Reasons = ["Vacation", "Vacation", "Vacation", "Training", "Sick leave", "Family leave", "Jury duty"];

    /// <param name="ids">Of the people, at the same place.</param>
    /// <param name="present">Places of people who are never away: those who sign in.</param>
    public static IEnumerable<Absence> Of(DemoPlan plan, DemoEmployee[] people, long[] ids, HashSet<int> present, Func<long> nextId)
    {
        var absences = new DemoStream(plan.Seed, "absences");
        var colleagues = Enumerable.Range(0, people.Length).Where(i => people[i].LeftOn is null).ToLookup(i => people[i].Department, StringComparer.Ordinal);
        var away = new Dictionary<int, (DateOnly From, DateOnly To)>();
        for (var i = 0; i < people.Length; i++)
        {
            var random = absences.At(i);
            if (people[i].LeftOn is not null || present.Contains(i) || !random.Chance(0.24))
                continue;
            // A third of them at the day the world looks back from.
            var from = plan.AsOf.AddDays(random.Chance(0.33) ? -random.Between(0, 5) : random.Between(-60, 60));
            var to = from.AddDays(random.Chance(0.7) ? random.Between(0, 6) : random.Between(7, 20));
            var deputies = colleagues[people[i].Department].Where(c => c != i && !(away.TryGetValue(c, out var a) && a.From <= to && a.To >= from)).ToList();
            away[i] = (from, to);
            long? deputy = deputies.Count == 0 ? null : ids[random.Pick(deputies)];
            yield return new Absence(nextId(), ids[i], from, to, random.Pick(Reasons), deputy);
        }
    }
}
