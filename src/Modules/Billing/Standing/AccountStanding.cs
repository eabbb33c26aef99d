using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;

namespace Tieline.Billing.Standing;

/// <summary>How far the company has gone for want of payment.</summary>
internal enum DisconnectStatus { None, Notice, Scheduled, Disconnected }

internal enum ArrangementState { None, Active, Broken }

/// <summary>How an account stands, as the billing system said last. What it says later replaces it; what it said earlier and arrives late does not.</summary>
[NotAudited("a copy of what the billing system says; who sent it, and when, stands in it")]
internal sealed class AccountStanding
{
    public required long AccountId { get; init; }
    /// <summary>Name of the billing system.</summary>
    public required string Source { get; init; }
    /// <summary>When it was so.</summary>
    public required DateTime AsOfAt { get; init; }
    public required DateTime ReceivedAt { get; init; }
    public required ActorRef ReceivedFrom { get; init; }
    public Money Balance { get; init; }
    /// <summary>The part of the balance that should have been paid.</summary>
    public Money PastDue { get; init; }
    public DateOnly? DueOn { get; init; }
    public DisconnectStatus Disconnect { get; init; }
    public DateOnly? DisconnectOn { get; init; }
    /// <summary>Neither cheque nor card is taken any more.</summary>
    public bool CashOnly { get; init; }
    public ArrangementState Arrangement { get; init; }
    public Money? Instalment { get; init; }
    public DateOnly? InstalmentDueOn { get; init; }
}

/// <summary>One service on one bill.</summary>
[NotAudited("a copy of what the billing system says; who sent it, and when, stands in the account's standing")]
internal sealed class AccountBill
{
    public required long Id { get; init; }
    public required long AccountId { get; init; }
    /// <summary>Electricity, water ... in the billing system's words; empty where a bill is for one thing only.</summary>
    public required string Service { get; init; }
    /// <summary>Of the bill, in the billing system.</summary>
    public required string Number { get; init; }
    /// <summary>The bill cycle, as the billing system calls it: <c>2026-10</c>.</summary>
    public string? Cycle { get; init; }
    public DateOnly? FromOn { get; init; }
    public required DateOnly ToOn { get; init; }
    /// <summary>In millionths of <see cref="Unit"/>.</summary>
    public long? Usage { get; init; }
    public string? Unit { get; init; }
    public Money Amount { get; init; }
    public DateOnly? BilledOn { get; init; }
    public DateOnly? PaidOn { get; init; }
    public required DateTime AsOfAt { get; init; }
}

internal sealed class StandingMap : IEntityTypeConfiguration<AccountStanding>, IEntityTypeConfiguration<AccountBill>
{
    public void Configure(EntityTypeBuilder<AccountStanding> builder)
    {
        builder.ToTable("account_standing");
        builder.HasKey(s => s.AccountId);
    }

    public void Configure(EntityTypeBuilder<AccountBill> builder)
    {
        builder.ToTable("account_bill");
        builder.HasIndex(b => new { b.AccountId, b.Service, b.Number }, "ux_account_bill_number").IsUnique();
    }
}
