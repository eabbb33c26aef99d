using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Data;

namespace Tieline.Customers.Callers;

/// <summary>The held value with which an answer is compared.</summary>
internal enum HeldValue
{
    BornOn, IdentifierDigits, MailingZip, ServiceZip, Phone, Email, Passphrase,

    /// <summary>What a room above holds: see <see cref="IHeldAmounts"/>.</summary>
    Amount,
}

/// <summary>A question by which a caller shows who they are.</summary>
internal sealed class VerificationQuestion(long id, string code, string text, HeldValue checks, int position) : IAudited
{
    public long Id { get; private init; } = id;
    public string Code { get; private init; } = code;
    public string Text { get; private set; } = text;
    public HeldValue Checks { get; private set; } = checks;
    public DateOnly? FromOn { get; private set; }
    public DateOnly? ToOn { get; private set; }
    public int Position { get; private set; } = position;
    public bool Active { get; private set; } = true;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("verification_question", Id);

    public bool IsInForce(DateOnly today) => Active && !(FromOn > today) && !(ToOn < today);

    public void Change(string text, HeldValue checks, int position, bool active, DateOnly? fromOn, DateOnly? toOn)
    {
        (Text, Checks, Position, Active, FromOn, ToOn) = (text, checks, position, active, fromOn, toOn);
        Version++;
    }
}

internal sealed class VerificationQuestionMap : IEntityTypeConfiguration<VerificationQuestion>
{
    public void Configure(EntityTypeBuilder<VerificationQuestion> builder)
    {
        builder.ToTable("verification_question");
        builder.HasIndex(q => q.Code, "ux_verification_question_code").IsUnique();
    }
}

/// <summary>All questions, in their order.</summary>
internal sealed record KnownQuestions(IReadOnlyList<VerificationQuestion> All)
{
    public static async Task<KnownQuestions> Read(AppDb db, CancellationToken ct) =>
        new(await db.Set<VerificationQuestion>().AsNoTracking().OrderBy(q => q.Position).ThenBy(q => q.Id).ToListAsync(ct));
}
