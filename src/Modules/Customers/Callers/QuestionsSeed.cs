using Microsoft.EntityFrameworkCore;
using Tieline.Platform;
using Tieline.Platform.Data;

namespace Tieline.Customers.Callers;

/// <summary>Questions to begin with. Where somebody lives is known to neighbours: those wait to be switched on.</summary>
internal sealed class QuestionsSeed(AppDb db) : IStartStep
{
    public int Order => 210;

    public async Task Run(CancellationToken ct)
    {
        try
        {
            await Seed(ct);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception))
        {
            // Another node started at the same moment and was first.
            db.Forget();
        }
    }

    private async Task Seed(CancellationToken ct)
    {
        if (await db.Set<VerificationQuestion>().AnyAsync(ct))
            return;
        (string Code, string Text, HeldValue Checks)[] first =
        [
            ("BORN", "Date of birth", HeldValue.BornOn), ("ID", "Last digits of an identifier", HeldValue.IdentifierDigits), ("PHONE", "A phone number on record", HeldValue.Phone),
            ("EMAIL", "E-mail address on record", HeldValue.Email), ("MAILZIP", "ZIP code where mail goes", HeldValue.MailingZip), ("SERVICEZIP", "ZIP code of the service address", HeldValue.ServiceZip),
            ("AMOUNT", "Amount of the last bill, or what is owed", HeldValue.Amount),
        ];
        var position = 0;
        foreach (var (code, text, checks) in first)
        {
            var question = new VerificationQuestion(db.NextId(), code, text, checks, position += 10);
            question.Change(text, checks, position, checks is not (HeldValue.ServiceZip or HeldValue.MailingZip), null, null);
            db.Add(question);
        }
        await db.SaveChangesAsync(ct);
    }
}
