using System.Runtime.InteropServices;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Notes;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;

namespace Tieline.Customers.Demo;

/// <summary>How long someone was supplied, and along which states.</summary>
internal sealed record DemoStay(DateOnly From, IReadOnlyList<(AgreementState State, DateOnly On)> Moves, DateOnly? ClosedOn = null)
{
    public static DemoStay Since(DateOnly from) => new(from, [(AgreementState.Active, from)]);

    public static DemoStay Ended(DateOnly from, DateOnly stop) => new(from,
        [(AgreementState.Active, from), (AgreementState.PendingStop, stop), (AgreementState.Stopped, stop), (AgreementState.Closed, stop)]);
}

internal sealed record DemoNote(string Text, NoteAudience Audience, DateOnly? ExpiresOn, DateTime WrittenAt, bool AtPremise);

/// <summary>Draws the days on which things happened, all of them relative to the day the world looks back from.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct DemoHistory(DateOnly asOf)
{
    public static readonly ActorRef Author = new(ActorKind.Process, 0, "demonstration");

    public static readonly Weighted<AccountRole> SecondRole =
        new([(AccountRole.CoHolder, 70), (AccountRole.Payer, 12), (AccountRole.Occupant, 10), (AccountRole.ContactPerson, 8)]);

    /// <summary>Noon of the utility's day in UTC, near enough: only the day counts.</summary>
    public static DateTime Noon(DateOnly on) => on.ToDateTime(new TimeOnly(20, 0), DateTimeKind.Utc);

    /// <summary>One customer in eight moves in a year.</summary>
    public DateOnly Opened(ref DemoRandom random)
    {
        var years = -Math.Log(1 - (random.NextDouble() * 0.985)) * 7;
        return asOf.AddDays(-1 - (int)(years * 365.25));
    }

    public DateOnly Between(ref DemoRandom random, DateOnly since) => asOf.AddDays(-random.Next(Math.Max(1, asOf.DayNumber - since.DayNumber)) - 1);

    public DateOnly LongAgo(ref DemoRandom random) => asOf.AddDays(-random.Between(1_500, 9_000));

    public DateOnly LongAgo() => asOf.AddYears(-24);

    public DemoStay Stay(ref DemoRandom random, DateOnly opened)
    {
        switch (random.NextDouble())
        {
            case < 0.010:
                var begins = asOf.AddDays(random.Between(1, 20));
                return new DemoStay(begins, []);
            case < 0.022:
                var ends = asOf.AddDays(random.Between(1, 25));
                return new DemoStay(opened, [(AgreementState.Active, opened), (AgreementState.PendingStop, ends)]);
            case < 0.05:
                var stopped = Between(ref random, opened);
                return DemoStay.Ended(opened, stopped) with { ClosedOn = stopped };
            case < 0.058:
                var stop = Between(ref random, opened);
                return new DemoStay(opened,
                    [(AgreementState.Active, opened), (AgreementState.PendingStop, stop), (AgreementState.Stopped, stop), (AgreementState.Reactivated, stop)]);
            default:
                return DemoStay.Since(opened);
        }
    }

    /// <summary>The home before this one.</summary>
    public DemoStay Earlier(ref DemoRandom random, DateOnly until) => DemoStay.Ended(until.AddDays(-random.Between(200, 4_000)), until);

    public static DemoNote? Note(ref DemoRandom random, DemoPerson person, DateOnly asOf)
    {
        var writtenAt = Noon(asOf.AddDays(-random.Between(2, 700)));
        var soon = asOf.AddDays(random.Between(-30, 180));
        if (person.LifeSupport && !person.IsOrganization)
            return new("Oxygen concentrator in the home: call before any planned outage.", NoteAudience.Everyone, asOf.AddDays(random.Between(30, 365)), writtenAt, false);
        if (!random.Chance(0.03))
            return null;
        return random.Next(9) switch
        {
            0 => new("Dog in the yard, call before entering.", NoteAudience.Field, null, writtenAt, true),
            1 => new("Meter is behind the locked side gate; key with the neighbour to the north.", NoteAudience.Field, null, writtenAt, true),
            2 => new("Prefers to be called after 5 pm.", NoteAudience.FrontOffice, null, writtenAt, false),
            3 => new("Daughter helps with the bill; she is allowed to ask about the balance.", NoteAudience.Everyone, null, writtenAt, false),
            4 => new("Payment arrangement under way: do not offer another before it ends.", NoteAudience.BackOffice, soon, writtenAt, false),
            5 => new("Pump house: no water above ten metres while pump 2 is being replaced.", NoteAudience.Everyone, soon, writtenAt, true),
            6 => new("Has complained about estimated reads; explain before billing one.", NoteAudience.Everyone, soon, writtenAt, false),
            7 => new("Speaks slowly after a stroke; give time, do not finish sentences.", NoteAudience.Everyone, null, writtenAt, false),
            _ => new("Gate code is on the field order, never on the phone.", NoteAudience.Field, null, writtenAt, true),
        };
    }
}
