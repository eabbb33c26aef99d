using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Callers;

/// <summary>Compares what a caller says with what is on record. The values themselves never leave.</summary>
internal sealed class HeldAnswers(AppDb db, IProtectedValues values, ISettings settings, IEnumerable<IHeldAmounts> rooms)
{
    private static readonly PasswordHasher<Person> Hasher = new();

    private static readonly string[] Days =
    [
        "yyyy-M-d", "M/d/yyyy", "M-d-yyyy", "d.M.yyyy", "yyyyMMdd", "MMddyyyy", "M/d/yy", "d MMMM yyyy", "d MMM yyyy", "MMMM d yyyy", "MMM d yyyy", "MMMM d, yyyy", "MMM d, yyyy",
    ];

    /// <summary>What a person holds, as tests of an answer; what they do not hold cannot be asked.</summary>
    public async Task<IReadOnlyDictionary<HeldValue, Func<string, bool>>> Of(long personId, CancellationToken ct)
    {
        var tests = new Dictionary<HeldValue, Func<string, bool>>();
        var person = await db.Set<Person>().AsNoTracking().AsSplitQuery().Where(p => p.Id == personId)
            .Include(p => p.Phones).Include(p => p.Emails).Include(p => p.Addresses).Include(p => p.Identifiers).SingleAsync(ct);
        var country = await settings.Get(HouseSettings.Country, ct);
        if (person.BornOn is { } born)
            tests[HeldValue.BornOn] = said => Days.Any(f => DateOnly.TryParseExact(said, f, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var day) && day == born);
        if (person.Identifiers.Count > 0)
            tests[HeldValue.IdentifierDigits] = said => IdentifierText.Normalise(said) is { Length: > 2 } number
                && person.Identifiers.Any(i => i.LastDigits == number || (number.Length > i.LastDigits.Length && i.Hash == values.Hash(IdentifierText.Purpose, number)));
        if (person.Phones.Count > 0)
            tests[HeldValue.Phone] = said => PhoneNumber.TryParse(said, country, out var phone, out _) && person.Phones.Any(p => p.E164 == phone.E164);
        if (person.Emails.Count > 0)
            tests[HeldValue.Email] = said => EmailText.TryRead(said, out var address, out _) && person.Emails.Any(e => e.AddressKey == SearchKeys.OfEmail(address));
        if (Zips(person.Addresses.Select(a => AddressText.Parse(a.OneLine).PostalCode)) is { Count: > 0 } mailing)
            tests[HeldValue.MailingZip] = said => mailing.Contains(Zip(said));
        if (Zips(await Service(personId, ct)) is { Count: > 0 } service)
            tests[HeldValue.ServiceZip] = said => service.Contains(Zip(said));
        if (await Amounts(personId, ct) is { Count: > 0 } amounts)
        {
            var currency = Currency.Of(await settings.Get(HouseSettings.Currency, ct));
            tests[HeldValue.Amount] = said => currency.TryRead(said, out var amount) && amounts.Contains(amount);
        }
        if (person.PassphraseHash is { } hash)
            tests[HeldValue.Passphrase] = said => Hasher.VerifyHashedPassword(person, hash, Spoken(said)) != PasswordVerificationResult.Failed;
        return tests;
    }

    /// <summary>What was said, as it is compared: where mail goes and where the meter stands is one value, mostly.</summary>
    public static string Value(HeldValue checks, string said) => checks is HeldValue.MailingZip or HeldValue.ServiceZip ? Zip(said) : IdentifierText.Normalise(said);

    public static string Hash(Person person, string passphrase) => Hasher.HashPassword(person, Spoken(passphrase));

    /// <summary>As it is heard: case, signs and spaces make no difference on the telephone.</summary>
    public static string Spoken(string said) => string.Concat(SearchText.Words(TypedText.OneLine(said, 200)));

    private async Task<HashSet<Money>> Amounts(long personId, CancellationToken ct)
    {
        var accounts = await db.Set<AccountPerson>().Where(AccountPerson.Told).Where(p => p.PersonId == personId).Select(p => p.AccountId).Distinct().Take(50).ToListAsync(ct);
        var amounts = new HashSet<Money>();
        foreach (var room in accounts.Count == 0 ? [] : rooms)
            amounts.UnionWith(await room.Of(accounts, ct));
        return amounts;
    }

    private async Task<IReadOnlyList<string?>> Service(long personId, CancellationToken ct) =>
        await (from ap in db.Set<AccountPerson>()
               join s in db.Set<ServiceAgreement>() on ap.AccountId equals s.AccountId
               join p in db.Set<Premise>() on s.PremiseId equals p.Id
               where ap.PersonId == personId && ap.ToOn == null && s.State != AgreementState.Cancelled
               select p.PostalCode).Distinct().Take(50).ToListAsync(ct);

    private static HashSet<string> Zips(IEnumerable<string?> codes) => [.. codes.OfType<string>().Select(Zip).Where(z => z.Length > 0)];

    // The four digits behind a ZIP code are known to few.
    private static string Zip(string typed)
    {
        var code = IdentifierText.Normalise(typed);
        return code.Length > 5 && code.All(char.IsAsciiDigit) ? code[..5] : code;
    }
}
