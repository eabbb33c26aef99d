namespace Tieline.Platform.Demo;

/// <summary>Two years of contacts, spread over days, hours, types and channels as a utility sees them.</summary>
internal sealed class DemoContacts
{
    private const double ReminderShare = 0.06;
    private const double RecentReminderShare = 0.2;
    private const int RecentDays = 14;

    // A living utility: what nobody has done yet is late by days, what lies open by weeks. Supervisors see to the rest.
    private const int DaysForgotten = 10;
    private const int DaysLeftOpen = 60;

    private readonly DemoWorld _world;
    private readonly DemoCalendar _calendar;
    private readonly DemoStream _stream;
    private readonly long[] _desk;
    private readonly double _reminderRaise;
    private readonly Dictionary<(DemoHours, DemoSeason), Weighted<DemoContactType>> _types = [];

    public DemoContacts(DemoWorld world)
    {
        _world = world;
        _calendar = new DemoCalendar(world.Plan.Seed, world.Plan.AsOf);
        _stream = new DemoStream(world.Plan.Seed, "contacts");
        var desk = Enumerable.Range(0, world.Plan.Employees).Select(i => world.Employee(i))
            .Where(e => e.LeftOn is null && e.Department is "CUSTSVC" or "CUSTREL" or "BILLING" or "CREDIT")
            .Select(e => e.Index).ToArray();
        _desk = desk.Length > 0 ? desk : [0];
        foreach (var hours in Enum.GetValues<DemoHours>())
            foreach (var season in Enum.GetValues<DemoSeason>())
                _types[(hours, season)] = new(DemoContactTypes.Types.Select(t => (t, t.Weight * Factor(t, hours, season))));
        var all = DemoContactTypes.Types.Sum(t => t.Weight);
        _reminderRaise = all / DemoContactTypes.Types.Where(t => t.Promises.Length > 0).Sum(t => t.Weight);
    }

    public DemoContact Contact(long i)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(i);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(i, _world.Plan.Contacts);
        var random = _stream.At(i);
        var (local, hours, season) = _calendar.Pick(ref random, (i + random.NextDouble()) / _world.Plan.Contacts);
        var type = _types[(hours, season)].Pick(ref random);
        var channel = Channel(ref random, type, hours);
        var employee = random.Pick(_desk);
        var at = DemoCalendar.ToUtc(local);
        var subject = Subject(ref random);
        var (person, account, premise) = About(ref random, type, channel);

        var about = new DemoMention(_world, DateOnly.FromDateTime(local), subject, random.Between(4_800, 48_000), random.Between(10_234, 89_876));
        var entries = new List<DemoLogEntry>(3) { new(at, employee, First(ref random, type, about, person)) };
        var reminder = Promise(ref random, type, about, employee);
        var later = type.StaysOpen ? 0.45 : 0.12;
        var latest = local;
        var phrase = random.Next(Math.Max(1, type.Later.Length));
        while (entries.Count <= Math.Min(2, type.Later.Length) && random.Chance(later))
        {
            var next = _calendar.Workday(ref random, latest.AddDays(random.Between(1, 6)));
            if (next >= _calendar.End)
                break;
            latest = next;
            var clerk = random.Chance(0.5) ? employee : random.Pick(_desk);
            var then = about with { Day = DateOnly.FromDateTime(latest), DaysBack = 1 };
            entries.Add(new(DemoCalendar.ToUtc(latest), clerk, type.Later[phrase++ % type.Later.Length].Fill(ref random, then)));
            later = 0.25;
        }

        return new DemoContact(i, type, person ? subject : -1, account, premise ? subject : -1, channel, type.Outbound,
            at, local, employee, [.. entries], reminder, Closed(ref random, type, local, latest, reminder));
    }

    /// <summary>One contact in four comes from the twentieth of the customers who call often.</summary>
    private long Subject(ref DemoRandom random)
    {
        var people = _world.Plan.People;
        return random.Chance(0.25) && people >= 20 ? (random.Next(people / 20) * 20L) + 7 : random.Next(people);
    }

    private static (bool Person, bool Account, bool Premise) About(ref DemoRandom random, DemoContactType type, string channel)
    {
        var knownCaller = random.Chance(channel is "social" or "voicemail" ? 0.6 : type.Season is "storm" or "safety" ? 0.8 : 0.96);
        var person = Applies(type.Person, knownCaller);
        var premise = Applies(type.Premise, random.Chance(0.72));
        if (!person && !premise)
        {
            person = type.Premise == DemoRule.NotAllowed;
            premise = !person;
        }
        return (person, Applies(type.Account, person && random.Chance(0.66)), premise);
    }

    private static bool Applies(DemoRule rule, bool wish) => rule == DemoRule.Required || (rule == DemoRule.Optional && wish);

    private string First(ref DemoRandom random, DemoContactType type, in DemoMention about, bool person)
    {
        var all = type.First.Length + type.Spanish.Length;
        var n = random.Next(all);
        // A clerk writes Spanish only where the customer speaks it.
        if (n >= type.First.Length && person && _world.Person(about.Subject).Language == "es")
            return type.Spanish[n - type.First.Length].Fill(ref random, about);
        return type.First[n % type.First.Length].Fill(ref random, about);
    }

    private DemoReminder? Promise(ref DemoRandom random, DemoContactType type, in DemoMention about, long employee)
    {
        var asOf = _world.Plan.AsOf;
        var share = about.Day >= asOf.AddDays(-RecentDays) ? RecentReminderShare : ReminderShare;
        if (type.Promises.Length == 0 || !random.Chance(share * _reminderRaise))
            return null;
        var due = _calendar.Workday(ref random, about.Day.AddDays(random.Between(1, 12)).ToDateTime(TimeOnly.MinValue));
        var dueOn = DateOnly.FromDateTime(due);
        TimeOnly? from = null, to = null;
        if (random.Chance(0.3))
        {
            from = new TimeOnly(random.Between(8, 16), random.Next(2) * 30);
            to = from.Value.AddMinutes(random.Chance(0.5) ? 30 : 60);
        }
        var text = random.Pick(type.Promises).Fill(ref random, about);
        // A few are kept late; of those, some are not kept yet.
        var done = random.Chance(0.06) ? _calendar.Workday(ref random, due.AddDays(random.Between(1, 5))) : due;
        var forgotten = random.Chance(0.004) && dueOn >= asOf.AddDays(-DaysForgotten);
        var kept = done < _calendar.End && !forgotten;
        var resolution = !kept ? "" : type.Later.Length > 0 && random.Chance(0.5)
            ? random.Pick(type.Later).Fill(ref random, about with { Day = dueOn, DaysBack = 1 }) : random.Pick(s_resolutions);
        DateTime? resolvedAt = kept ? DemoCalendar.ToUtc(done) : null;
        var role = random.Chance(0.7) ? from is null ? type.ToDoRole : "CSR-CALLBACK" : "";
        return new DemoReminder(dueOn, from, to, role, employee, text, resolvedAt, resolution);
    }

    private DateTime? Closed(ref DemoRandom random, DemoContactType type, DateTime local, DateTime latest, DemoReminder? reminder)
    {
        if (reminder is { ResolvedAt: null })
            return null;
        if (!type.StaysOpen && reminder is null)
            return DemoCalendar.ToUtc(latest);
        var after = random.Between(1, 12);
        var closed = DemoCalendar.ToUtc(_calendar.Workday(ref random, latest.AddDays(after)));
        if (reminder?.ResolvedAt > closed)
            closed = reminder.ResolvedAt.Value;
        return closed >= DemoCalendar.ToUtc(_calendar.End) || (random.Chance(0.008) && closed >= DemoCalendar.ToUtc(_calendar.End.AddDays(-DaysLeftOpen))) ? null : closed;
    }

    private static string Channel(ref DemoRandom random, DemoContactType type, DemoHours hours)
    {
        if (type.Outbound)
            return s_outbound.Pick(ref random);
        // Nobody writes a letter about a smell of gas.
        if (type.Season is "safety" or "storm" || hours == DemoHours.Storm)
            return s_storm.Pick(ref random);
        return (hours == DemoHours.Open ? s_open : s_closed).Pick(ref random);
    }

    private static double Factor(DemoContactType type, DemoHours hours, DemoSeason season) => type.Season switch
    {
        "winter" => season == DemoSeason.Winter ? 1.5 : 0.65,
        "summer" or "moving" => season == DemoSeason.Summer ? 1.5 : 0.75,
        _ => 1,
    } * (hours, type.Season) switch
    {
        (DemoHours.Storm, "storm") => 8,
        (DemoHours.Storm, "safety") => 1.5,
        (DemoHours.Storm, _) => 0.4,
        (DemoHours.Closed, "storm" or "safety") => 1,
        (DemoHours.Closed, "web") => 0.5,
        (DemoHours.Closed, _) => type.Outbound ? 0 : 0.12,
        (_, "storm") => 0.4,
        _ => 1,
    };

    private static readonly Weighted<string> s_open = new([("phone", 62), ("counter", 9), ("web", 10), ("email", 10), ("letter", 2.4), ("text", 3), ("voicemail", 1.5), ("social", 0.8), ("fax", 0.4), ("internal", 0.9)]);
    private static readonly Weighted<string> s_closed = new([("phone", 14), ("web", 46), ("email", 20), ("text", 7), ("voicemail", 5), ("social", 2)]);
    private static readonly Weighted<string> s_storm = new([("phone", 84), ("text", 9), ("voicemail", 2), ("web", 3), ("social", 2)]);
    private static readonly Weighted<string> s_outbound = new([("phone", 92), ("text", 5), ("email", 3)]);
    private static readonly string[] s_resolutions =
        ["Called back, done.", "Reached the customer, nothing left to do.", "Left a voicemail with the answer.", "Customer had already heard.", "Done, letter sent.", "Called twice, then sent a text.", "Sorted out with the supervisor."];
}
