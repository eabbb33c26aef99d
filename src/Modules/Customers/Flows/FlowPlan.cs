namespace Tieline.Customers.Flows;

/// <summary>A step as it stands on every list of its kind.</summary>
/// <param name="Why">One line for whoever does it.</param>
/// <param name="Needed">It cannot be left out.</param>
/// <param name="Automatic">Done when the flow begins, and taken back with the whole flow only.</param>
internal sealed record FlowStepPlan(string Code, string Title, string Why, bool Needed = false, bool Automatic = false);

/// <summary>What a kind of flow is about, and its steps in their order. A flow keeps the steps with which it began.</summary>
/// <param name="About">One line: when one begins it.</param>
/// <param name="AtFinish">What finishing does.</param>
internal sealed record FlowPlan(FlowKind Kind, string Name, string Icon, string About, string AtFinish, IReadOnlyList<FlowStepPlan> Steps)
{
    public const string Messages = "messages";
    public const string BackOffice = "back-office";
    public const string Executor = "executor";
    public const string Mail = "mail";
    public const string Told = "told";
    public const string Stop = "stop";
    public const string Proof = "proof";
    public const string Person = "person";
    public const string Leave = "leave";
    public const string Others = "others";
    public const string Season = "season";
    public const string Reach = "reach";
    public const string Carer = "carer";
    public const string Loads = "loads";
    public const string Account = "account";
    public const string Consent = "consent";
    public const string Passphrase = "passphrase";
    public const string NewName = "name";
    public const string Start = "start";

    public static readonly IReadOnlyList<FlowPlan> All =
    [
        new(FlowKind.Death, "Death", "heart", "Somebody tells us that the customer has died.",
            "The customer stays marked as deceased, messages stay stopped, agreements and bills go on until the estate is settled.",
            [
                new(Messages, "Marketing and automatic messages stopped", "", Needed: true, Automatic: true),
                new(BackOffice, "Back office told", "", Needed: true, Automatic: true),
                new(Executor, "Who settles the estate", "An executor, or whoever looks after things. They may act once their papers were seen."),
                new(Mail, "Where letters go", "Bills and letters go there from a day on; the old address stays on record."),
                new(Told, "Said what happens next", "Nothing is switched off, agreements stay as they are, and the estates desk will write."),
            ]),
        new(FlowKind.Moving, "Moving", "truck", "The customer leaves a place, and perhaps goes to another of ours.",
            "What was agreed on stands: supply ends here and begins there on its day.",
            [
                new(Stop, "Stop here", "What stops, and on which last day."),
                new(Start, "Start there", "Where they go, what is supplied, and from which day."),
                new(Mail, "Where mail goes", "The final bill and letters go there from a day on."),
                new(Told, "Said what happens next", "The meter is read on the last day, and the final bill follows."),
            ]),
        new(FlowKind.NameChange, "New name", "id", "Married, divorced, or a company that is called otherwise.",
            "The customer is found by either name.",
            [
                new(Proof, "Proof seen", "What was shown, or that nothing was needed."),
                new(NewName, "The new name", "Bills and letters carry it from its day on; the old name stays on record and is found.", Needed: true),
                new(Told, "Said what happens next", "Bills carry the new name from its day on."),
            ]),
        new(FlowKind.Separation, "Separation", "users", "Two who share an account go their own ways.",
            "Each answers for their own account from the day that was said.",
            [
                new(Leave, "Who leaves the account", "On which day, and who answers for it from then on."),
                new(Account, "An account for the one who leaves", "Or for the one who stays, when the account goes along."),
                new(Start, "Service for the new account", "Only where one of them goes to another place of ours."),
                new(Others, "Carers and who may act", "Look at each: who shall not act any more?"),
                new(Mail, "Where mail goes", "Only where it changes."),
                new(Told, "Said what happens next", "What was due until that day is owed as before; each gets bills of their own."),
            ]),
        new(FlowKind.NewCustomer, "New customer", "user-plus", "Somebody moves in, or takes a supply over.",
            "Supply begins on its day. Undone, everything ends that was begun; the person stays on record.",
            [
                new(Person, "On record", "", Needed: true, Automatic: true),
                new(Account, "Open an account", "How they are billed."),
                new(Start, "Start of service", "Where, what, and from which day."),
                new(Mail, "Where mail goes", "Only where it does not go to the premise."),
                new(Consent, "What we may send", "Bills and outage news go out anyway. Ask for the rest."),
                new(Passphrase, "Passphrase", "A word or sentence by which they show who they are when they call."),
                new(Told, "Said what happens next", "When somebody comes, when the first bill comes, how to reach us."),
            ]),
        new(FlowKind.SeasonalAddress, "Seasonal address", "sun", "Somewhere else for a part of the year.",
            "Mail goes there between the two days, and comes back by itself.",
            [
                new(Season, "Where mail goes meanwhile", "From when to when, every year or once, and which mail.", Needed: true),
                new(Reach, "Phone there", "At which they are reached meanwhile."),
                new(Told, "Said what happens next", "Supply goes on here, and so do the bills."),
            ]),
        new(FlowKind.Carer, "A carer", "heartbeat", "Somebody looks after the customer and shall be able to act for them.",
            "The carer may act from their first day to their last.",
            [
                new(Carer, "Who may act", "For what, how it was given, and until when."),
                new(Loads, "Life support and sensitive loads", "What the customer depends on, and where it stands: crews see it there."),
                new(Told, "Said what happens next", "The carer says their own name when they call; it ends by itself on the last day."),
            ]),
    ];

    /// <summary>A mistake may be found out when everything is done: who has the right undoes it then, too.</summary>
    public bool UndoneLater => Kind == FlowKind.Death;

    public static FlowPlan Of(FlowKind kind) => All.Single(p => p.Kind == kind);

    /// <returns>Null for a step that this version does not know.</returns>
    public FlowStepPlan? Step(string code) => Steps.FirstOrDefault(s => s.Code == code);
}
