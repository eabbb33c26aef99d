using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Customers.Accounts;
using Tieline.Customers.Premises;
using Tieline.Platform;
using Tieline.Platform.Audit;

namespace Tieline.Customers.Agreements;

internal enum ServiceType { Electricity, Gas, Water, Sewer, StreetLight }

internal enum AgreementState { PendingStart, Active, PendingStop, Stopped, Closed, Reactivated, Cancelled }

/// <summary>What is supplied to whom, where, since when. Its state moves only along <see cref="Moves"/>.</summary>
internal sealed class ServiceAgreement(long id, long accountId, long premiseId, ServiceType type, DateOnly startOn) : IAudited
{
    private static readonly Dictionary<AgreementState, AgreementState[]> Moves = new()
    {
        [AgreementState.PendingStart] = [AgreementState.Active, AgreementState.Cancelled],
        [AgreementState.Active] = [AgreementState.PendingStop],
        [AgreementState.PendingStop] = [AgreementState.Stopped, AgreementState.Active],
        [AgreementState.Stopped] = [AgreementState.Closed, AgreementState.Reactivated],
        [AgreementState.Closed] = [AgreementState.Reactivated],
        [AgreementState.Reactivated] = [AgreementState.PendingStop],
        [AgreementState.Cancelled] = [],
    };

    public long Id { get; private init; } = id;
    public long AccountId { get; private init; } = accountId;
    public long PremiseId { get; private init; } = premiseId;
    public ServiceType Type { get; private init; } = type;
    public AgreementState State { get; private set; } = AgreementState.PendingStart;
    public DateOnly StartOn { get; private set; } = startOn;
    public DateOnly? StopOn { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("account", AccountId);

    public bool IsOver => State is AgreementState.Stopped or AgreementState.Closed or AgreementState.Cancelled;

    public static IReadOnlyList<AgreementState> MovesFrom(AgreementState state) => Moves[state];

    /// <summary>Supplies now: at a premise there is at most one of a type.</summary>
    public bool IsRunning => State is AgreementState.Active or AgreementState.PendingStop or AgreementState.Reactivated;

    /// <summary>Whether no other of its type may begin at the premise on a day: it waits to start, or supplies beyond that day.</summary>
    public bool Hinders(DateOnly startOn) =>
        State == AgreementState.PendingStart || (IsRunning && !(State == AgreementState.PendingStop && StopOn <= startOn));

    /// <returns>False when the lifecycle does not allow the move, or it would end before it began; nothing is changed then.</returns>
    public bool MoveTo(AgreementState state, DateOnly on)
    {
        if (!Moves[State].Contains(state) || (State != AgreementState.PendingStart && on < StartOn))
            return false;
        (StartOn, StopOn) = (State, state) switch
        {
            (AgreementState.PendingStart, AgreementState.Active) => (on, null),
            (_, AgreementState.PendingStop or AgreementState.Stopped) => (StartOn, on),
            (_, AgreementState.Reactivated) or (AgreementState.PendingStop, AgreementState.Active) => (StartOn, null),
            _ => (StartOn, StopOn),
        };
        State = state;
        Version++;
        return true;
    }
}

internal sealed class ServiceAgreementMap : IEntityTypeConfiguration<ServiceAgreement>
{
    public void Configure(EntityTypeBuilder<ServiceAgreement> builder)
    {
        builder.ToTable("service_agreement");
        builder.Ignore(a => a.IsOver);
        builder.Ignore(a => a.IsRunning);
        builder.HasIndex(a => a.AccountId, "ix_service_agreement_account");
        builder.HasIndex(a => a.PremiseId, "ix_service_agreement_premise");
        builder.HasOne<Account>().WithMany().HasForeignKey(a => a.AccountId);
        builder.HasOne<Premise>().WithMany().HasForeignKey(a => a.PremiseId);
    }
}
