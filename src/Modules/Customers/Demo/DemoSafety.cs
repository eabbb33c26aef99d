using Tieline.Customers.Authorisations;
using Tieline.Customers.Consents;
using Tieline.Customers.People;
using Tieline.Customers.Warnings;
using Tieline.Platform;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;

namespace Tieline.Customers.Demo;

/// <summary>Who may act for whom, what to know before one goes there, and what may be sent, for some of the people.</summary>
internal sealed class DemoSafety
{
    private static readonly (string Name, string? Organisation, string? Phone)[] Outsiders =
    [
        ("Dana Whitfield", "Lane County Senior Services", "+15415550177"), ("Marcus Bell", "Bell & Ortega, attorneys", "+15415550163"), ("Ines Carvalho", null, "+15415550128"),
        ("Theo Lindqvist", "Cascade Property Care", null), ("Priya Raman", null, "+15415550191"),
    ];

    private static readonly (WarningKind Kind, bool AtPremise, string Reason, string Source)[] Reasons =
    [
        (WarningKind.Dog, true, "Large dog loose in the yard; owner must be called before the gate is opened.", "meter reader"),
        (WarningKind.Dog, true, "Two dogs, bitten a meter reader in spring.", "incident report"),
        (WarningKind.TwoPeople, true, "Last visit ended in shouting at the door: go with two people.", "crew lead"),
        (WarningKind.Threat, false, "Has threatened staff on the phone; hang up after one warning and tell a supervisor.", "CSR's report"),
        (WarningKind.Hazard, true, "Rotten cellar stairs; the meter is read from outside.", "meter reader"),
    ];

    private readonly DemoStart start;
    private readonly Func<long> nextId;
    private readonly DateOnly today;

    public DemoSafety(DemoStart start, IReadOnlyList<Person> people, int first, Func<long> nextId)
    {
        (this.start, this.nextId, today) = (start, nextId, start.World.Plan.AsOf);
        var stream = new DemoStream(start.World.Plan.Seed, "safety");
        for (var n = 0; n < people.Count; n++)
        {
            var random = stream.At(first + n);
            if (people[n].Kind == PersonKind.Individual && random.Chance(0.015))
                Authorise(people[n], n > 0 && random.Chance(0.4) ? people[n - 1] : null, first + n, ref random);
            if (random.Chance(0.008))
                Warn(people[n].Id, start.FirstPremise + first + n, ref random);
            if (random.Chance(0.12))
                Ask(people[n], ref random);
        }
    }

    public List<Authorisation> Authorisations { get; } = [];
    public List<Warning> Warnings { get; } = [];
    public List<Consent> Consents { get; } = [];

    /// <summary>What the customers' stories say of it.</summary>
    public IEnumerable<TimelineLine> Timeline() =>
    [
        .. Authorisations.Select(a => new TimelineLine(
            nextId(), a.PersonId, a.AccountId, null, a.CreatedAt, "person", $"{a.Name} may act: {AuthorisationWords.Of(a.Scopes)}, until {a.ToOn:d MMM yyyy}", null, false, new RecordRef("authorisation", a.Id))),
        .. Warnings.Select(w => new TimelineLine(
            nextId(), w.PersonId, null, w.PremiseId, w.CreatedAt, WarningLines.Word, $"Warning: {WarningWords.Of(w.Kind)}", w.Reason, false, new RecordRef("warning", w.Id))),
    ];

    private void Authorise(Person person, Person? other, int index, ref DemoRandom random)
    {
        var (name, organisation, phone) = other is null ? random.Pick(Outsiders) : (other.DisplayName, null, null);
        var from = today.AddDays(-random.Between(10, 500));
        var authorisation = new Authorisation
        {
            Id = nextId(), PersonId = person.Id, OtherPersonId = other?.Id, Name = name, Organisation = organisation, Phone = phone, FromOn = from,
            Given = random.Chance(0.2) ? AuthorisationForm.PowerOfAttorney : random.Chance(0.5) ? AuthorisationForm.Written : AuthorisationForm.Spoken,
            CreatedBy = DemoHistory.Author, CreatedAt = DemoHistory.Noon(from),
        };
        AuthorisationScope[] scopes = random.Next(4) switch
        {
            0 => [AuthorisationScope.Everything],
            1 => [AuthorisationScope.Information, AuthorisationScope.PaymentArrangement],
            2 => [AuthorisationScope.Information, AuthorisationScope.Changes],
            _ => [AuthorisationScope.Information],
        };
        authorisation.Say(scopes, random.Chance(0.3) ? start.FirstAccount + index : null, today.AddDays(random.Between(-60, 500)), null, nextId());
        Authorisations.Add(authorisation);
    }

    private void Warn(long person, long premise, ref DemoRandom random)
    {
        var (kind, atPremise, reason, source) = random.Pick(Reasons);
        var review = today.AddDays(random.Between(-10, 330));
        Warnings.Add(new Warning(
            nextId(), atPremise ? null : person, atPremise ? premise : null, kind, reason, source, review, DemoHistory.Author, DemoHistory.Noon(review.AddMonths(-12)), nextId()));
    }

    private void Ask(Person person, ref DemoRandom random)
    {
        var askedAt = DemoHistory.Noon(today.AddDays(-random.Between(1, 700)));
        var source = random.Chance(0.5) ? ConsentSource.Call : ConsentSource.Web;
        void Answer(ConsentPurpose purpose, ConsentChannel channel, ConsentAnswer answer) => Consents.Add(new Consent
        {
            Id = nextId(), PersonId = person.Id, Purpose = purpose, Channel = channel, Answer = answer, Source = source, SinceAt = askedAt, RecordedBy = DemoHistory.Author,
        });
        if (random.Chance(0.02) && person.PreferredChannel != PreferredChannel.None)
        {
            // Prefers a channel, and wants nothing on it: one of the two cannot be meant.
            var channel = person.PreferredChannel == PreferredChannel.Phone ? ConsentChannel.Call : Enum.Parse<ConsentChannel>(person.PreferredChannel.ToString());
            foreach (var purpose in Enum.GetValues<ConsentPurpose>())
                Answer(purpose, channel, ConsentAnswer.Refused);
            return;
        }
        Answer(ConsentPurpose.Marketing, ConsentChannel.Email, random.Chance(0.3) ? ConsentAnswer.Given : ConsentAnswer.Refused);
        Answer(ConsentPurpose.Outages, ConsentChannel.Text, random.Chance(0.9) ? ConsentAnswer.Given : ConsentAnswer.Refused);
        if (random.Chance(0.3))
            Answer(ConsentPurpose.Surveys, ConsentChannel.Call, ConsentAnswer.Refused);
    }
}
