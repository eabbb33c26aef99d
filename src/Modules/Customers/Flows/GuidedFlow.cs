using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;

namespace Tieline.Customers.Flows;

internal enum FlowKind { Death, Moving, NameChange, Separation, NewCustomer, SeasonalAddress, Carer }

internal enum FlowState { Open, Finished, Undone }

internal enum FlowStepState { Open, Done, DoesNotApply }

/// <summary>
/// One thing that happens to a customer and touches many records, as a check list: each step takes effect when it is done, and can be taken
/// back until the list is finished.
/// </summary>
internal sealed class GuidedFlow(long id, FlowKind kind, long personId, DateOnly? eventOn, string? toldBy, long? employeeId, ActorRef openedBy, DateTime openedAt) : IAudited
{
    private readonly List<GuidedFlowStep> steps = [];

    public long Id { get; private init; } = id;
    public FlowKind Kind { get; private init; } = kind;
    public long PersonId { get; private init; } = personId;
    public FlowState State { get; private set; } = FlowState.Open;
    /// <summary>The day of what it is about: of a death, when it was.</summary>
    public DateOnly? EventOn { get; private init; } = eventOn;
    /// <summary>Who said so, in words.</summary>
    public string? ToldBy { get; private init; } = toldBy;
    /// <summary>Whose it is: the employee who began it; null for machines.</summary>
    public long? EmployeeId { get; private init; } = employeeId;
    public ActorRef OpenedBy { get; private init; } = openedBy;
    public DateTime OpenedAt { get; private init; } = openedAt;
    public ActorRef TouchedBy { get; private set; } = openedBy;
    public DateTime TouchedAt { get; private set; } = openedAt;
    public ActorRef? EndedBy { get; private set; }
    public DateTime? EndedAt { get; private set; }
    /// <summary>Why it was undone.</summary>
    public string? EndedBecause { get; private set; }
    public int Version { get; private set; }
    public IReadOnlyList<GuidedFlowStep> Steps => steps;

    public RecordRef AuditSubject => new("guided_flow", Id);

    public void Add(GuidedFlowStep step) => steps.Add(step);

    public GuidedFlowStep? Step(string code) => steps.Find(s => s.Code == code);

    public void Touch(ActorRef by, DateTime at) => (TouchedBy, TouchedAt, Version) = (by, at, Version + 1);

    public void Finish(ActorRef by, DateTime at)
    {
        (State, EndedBy, EndedAt) = (FlowState.Finished, by, at);
        Touch(by, at);
        if (!FlowPlan.Of(Kind).UndoneLater)
            steps.ForEach(s => s.Forget());
    }

    public void Undo(ActorRef by, DateTime at, string because)
    {
        (State, EndedBy, EndedAt, EndedBecause) = (FlowState.Undone, by, at, because);
        Touch(by, at);
        steps.ForEach(s => s.Forget());
    }
}

/// <summary>A step of the check list.</summary>
internal sealed class GuidedFlowStep(long id, long flowId, string code) : IAudited
{
    public long Id { get; private init; } = id;
    public long FlowId { get; private init; } = flowId;
    /// <summary>Of a step in the <see cref="FlowPlan"/>.</summary>
    public string Code { get; private init; } = code;
    public FlowStepState State { get; private set; } = FlowStepState.Open;
    public ActorRef? DoneBy { get; private set; }
    public DateTime? DoneAt { get; private set; }
    /// <summary>What it came to, for reading.</summary>
    public string? Words { get; private set; }
    /// <summary>JSON: what was typed, so that a step that was taken back starts with it. Only while the flow can be undone.</summary>
    [Masked]
    public string? Typed { get; private set; }
    /// <summary>JSON: what is needed to put everything back. Only while the flow can be undone.</summary>
    [Masked]
    public string? Kept { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("guided_flow", FlowId);

    public void Do(ActorRef by, DateTime at, string words, string? typed, string? kept) =>
        (State, DoneBy, DoneAt, Words, Typed, Kept, Version) = (FlowStepState.Done, by, at, words, typed, kept, Version + 1);

    public void Skip(ActorRef by, DateTime at) => (State, DoneBy, DoneAt, Words, Kept, Version) = (FlowStepState.DoesNotApply, by, at, null, null, Version + 1);

    public void TakeBack(ActorRef by, DateTime at) => (State, DoneBy, DoneAt, Words, Kept, Version) = (FlowStepState.Open, by, at, null, null, Version + 1);

    /// <summary>Whom it names is restricted since.</summary>
    public void Reword(string? words)
    {
        if (words != Words)
            (Words, Version) = (words, Version + 1);
    }

    public void Forget()
    {
        if (Typed is not null || Kept is not null)
            (Typed, Kept, Version) = (null, null, Version + 1);
    }
}

internal sealed class GuidedFlowMap : IEntityTypeConfiguration<GuidedFlow>, IEntityTypeConfiguration<GuidedFlowStep>
{
    public void Configure(EntityTypeBuilder<GuidedFlow> builder)
    {
        builder.ToTable("guided_flow");
        builder.HasIndex(f => new { f.PersonId, f.Id }, "ix_guided_flow_person");
        builder.HasIndex(f => new { f.State, f.OpenedAt, f.Id }, "ix_guided_flow_state");
        builder.HasOne<Person>().WithMany().HasForeignKey(f => f.PersonId);
        builder.HasMany(f => f.Steps).WithOne().HasForeignKey(s => s.FlowId);
    }

    public void Configure(EntityTypeBuilder<GuidedFlowStep> builder)
    {
        builder.ToTable("guided_flow_step");
        builder.HasIndex(s => new { s.FlowId, s.Code }, "ux_guided_flow_step").IsUnique();
    }
}
