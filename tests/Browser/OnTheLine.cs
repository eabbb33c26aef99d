using Microsoft.Playwright;
using Tieline.Platform.Security;
using static Microsoft.Playwright.Assertions;

namespace Tieline.Tests.Browser;

/// <summary>Callers as they come: a second one while one is typing, a colleague who takes over, a smell of gas while somebody else works.</summary>
public sealed class OnTheLine(OpenHouse house)
{
    [Fact]
    public async Task What_is_typed_for_one_caller_waits_for_that_one()
    {
        var (first, second) = (house.NextCustomer(), house.NextCustomer());
        var (browser, _) = await house.SignedIn(Roles.Csr);
        await using var own = browser;
        var page = await browser.NewPageAsync();
        await Caller(page, first);
        await Typed(page, first, "Her bill is twice as high.");

        // The second one rings in the middle of the sentence; no question is asked.
        await page.Locator(".take button").ClickAsync();
        await Expect(page.Locator("#in-hand")).ToContainTextAsync("Who is calling?");
        await Caller(page, second, taken: true);
        await page.StartContact(second);
        await Expect(page.Locator("#drawer")).Not.ToContainTextAsync("twice as high");
        await Expect(page.Locator("#drawer .draft-notice")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Escape");

        await page.Keyboard.PressAsync("v");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(first.Name);
        await page.StartContact(first, restored: true);
        await Expect(page.GetByLabel("What was said")).ToHaveValueAsync("Her bill is twice as high.");
        // Nobody has said how it ended: asked once, and a letter is enough.
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.GetByLabel("How it ended")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("a");
        await page.Keyboard.PressAsync("Control+Enter");
        await page.SeesItRecorded();
        Assert.Equal(first.Id, await house.Ask<long>("select i.person_id from contact c join interaction i on i.id = c.interaction_id where c.person_id = @id order by c.id desc limit 1", new { id = first.Id }));
    }

    [Fact]
    public async Task A_colleague_goes_on_in_the_middle_of_the_sentence_and_sees_it_without_asking()
    {
        var customer = house.NextCustomer();
        var (givers, _) = await house.SignedIn(Roles.Csr);
        var (takers, taker) = await house.SignedIn(Roles.Csr);
        await using var one = givers;
        await using var other = takers;
        var (giving, taking) = (await givers.NewPageAsync(), await takers.NewPageAsync());
        await taking.GotoAsync("/");
        await Caller(giving, customer);
        // Beside it they smell something; it is not clear yet where.
        await giving.Keyboard.PressAsync("!");
        await Expect(giving.Locator("#drawer h1")).ToContainTextAsync("Emergency");
        await giving.Keyboard.PressAsync("i");
        await giving.GetByLabel("Where?").PressSequentiallyAsync("Behind the school");
        await giving.GotoAsync($"/customers/{customer.Id}");
        await Typed(giving, customer, "Wants the meter looked");
        await giving.GetByRole(AriaRole.Link, new() { Name = "Hand over" }).ClickAsync();
        await Expect(giving.Locator(".hand-over-drafts")).ToContainTextAsync("goes with it");
        // What cannot be read is not sent, and stays where it is.
        await giving.EvaluateAsync("localStorage.setItem(Object.keys(localStorage).find(k => k.includes('/record-')).replace(/\\d+$/, '999999'), '{broken')");
        await giving.Choice("To a colleague").PressSequentiallyAsync(taker.Name);
        await Expect(giving.Locator("#drawer .typeahead-list:visible [role=option]")).ToHaveCountAsync(1);
        await giving.Keyboard.PressAsync("Enter");
        await giving.GetByLabel("What they must know").FillAsync("Is in a hurry");
        await giving.Keyboard.PressAsync("Control+Enter");

        // It is told, not asked for: the page of the colleague stands as it was.
        await Expect(taking.Locator("#in-hand .btn-primary")).ToBeVisibleAsync();
        await taking.Keyboard.PressAsync("V");
        await Expect(taking.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(customer.Name);
        await taking.StartContact(customer, restored: true);
        await Expect(taking.GetByLabel("What was said")).ToHaveValueAsync("Wants the meter looked");
        await Expect(taking.Locator("#drawer .draft-notice")).ToContainTextAsync("As it was handed to you");
        Assert.Equal("[\"{broken\"]", await giving.EvaluateAsync<string>("JSON.stringify(Object.keys(localStorage).filter(k => k.includes('/record-') || k.includes('/emergency-')).map(k => localStorage.getItem(k)))"));
        await taking.GetByRole(AriaRole.Link, new() { Name = "Typed, not recorded yet" }).ClickAsync();
        await taking.Locator("#drawer .as-typed", new() { HasText = "Emergency: Behind the school" }).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(taking.GetByLabel("Where?")).ToHaveValueAsync("Behind the school");
    }

    [Fact]
    public async Task What_was_chosen_is_not_chosen_again_by_what_was_still_being_looked_for()
    {
        var colleague = await house.Hire(Roles.Supervisor);
        var (browser, _) = await house.SignedIn(Roles.Csr);
        await using var own = browser;
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"/contacts/record?person={house.NextCustomer().Id}");
        var whom = page.Choice("To whom");
        var options = page.Locator("main .typeahead-list:visible [role=option]");
        var chosen = page.Locator("main input[name='Reminder.EmployeeId']");
        // At once: what is typed letter by letter may be asked for again behind a list that shows the one already.
        await whom.FillAsync(colleague.Name[..^1]);
        await Expect(options).ToHaveCountAsync(1);
        var asked = 0;
        page.Request += (_, request) => asked += request.Url.Contains("/employees/choices", StringComparison.Ordinal) ? 1 : 0;
        // The rest of the name and the key that chooses, in one breath: before the field has asked for the rest.
        await whom.EvaluateAsync("""
            (field, last) => {
              field.value += last;
              field.dispatchEvent(new InputEvent('input', { bubbles: true }));
              field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
              return new Promise(done => setTimeout(done, 400));
            }
            """, colleague.Name[^1..]);
        Assert.Equal(0, asked);
        await Expect(whom).ToHaveValueAsync(colleague.Name);
        await page.Keyboard.PressAsync("Tab");
        await Expect(chosen).ToHaveValueAsync($"{colleague.EmployeeId}");

        // Looked at once more among all others, and left as it is.
        await whom.ClickAsync();
        await Expect(options).Not.ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Tab");
        await Expect(chosen).ToHaveValueAsync($"{colleague.EmployeeId}");
    }

    [Fact]
    public async Task What_is_pressed_the_moment_it_appears_stays_on_the_page()
    {
        var (browser, _) = await house.SignedIn(Roles.Csr);
        await using var own = browser;
        var page = await browser.NewPageAsync();
        var path = $"/customers/{house.NextCustomer().Id}";
        await page.GotoAsync(path);
        await page.EvaluateAsync("""
            new MutationObserver((_, looking) => {
              const end = document.querySelector('#in-hand form[action$="/end"] button');
              if (!end) return;
              looking.disconnect();
              end.click();
            }).observe(document.getElementById('in-hand'), { childList: true, subtree: true });
            """);
        await page.Keyboard.PressAsync("o");
        await Expect(page.Locator("#drawer h1")).ToContainTextAsync("End the call");
        Assert.EndsWith(path, page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_goes_there_is_told_without_losing_the_page()
    {
        var (callers, _) = await house.SignedIn(Roles.Csr);
        var (goers, goer) = await house.SignedIn(Roles.Csr);
        await using var one = callers;
        await using var other = goers;
        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            var role = await house.Ask<long>("select id from to_do_role where code = 'DISPATCH'");
            // Some people of the town dispatch already.
            if (await house.Ask<long>("select count(*) from to_do_role_member where to_do_role_id = @role and employee_id = @EmployeeId", new { role, goer.EmployeeId }) == 0)
                scope.Db.Add(new Tieline.Organization.ToDoRoles.ToDoRoleMember(role, goer.EmployeeId));
            await scope.Db.SaveChangesAsync(CancellationToken.None);
        }
        var (calling, going) = (await callers.NewPageAsync(), await goers.NewPageAsync());
        // Nobody hears a test: each tone that is begun is written down.
        await going.AddInitScriptAsync("""
            window.tonesBegun = [];
            window.AudioContext = class {
              state = 'running'; currentTime = 0; destination = {};
              createGain() { return { connect() {}, gain: { setValueAtTime() {} } }; }
              createOscillator() { const tone = { frequency: { value: 0 }, connect() {}, start() { window.tonesBegun.push(tone.frequency.value); }, stop() {} }; return tone; }
            };
            """);
        await going.GotoAsync("/contacts/record");
        await going.GetByLabel("What was said").FillAsync("Half a sentence");
        await calling.GotoAsync("/");
        // One key, one letter, the place.
        await calling.Keyboard.PressAsync("!");
        await Expect(calling.Locator("#drawer h1")).ToContainTextAsync("Emergency");
        await calling.Keyboard.PressAsync("i");
        await Expect(calling.Locator("#drawer .script")).ToBeVisibleAsync();
        await Expect(calling.Locator("#drawer .script input").First).ToBeFocusedAsync();
        await calling.TabTo(calling.GetByLabel("Where?"));
        await calling.Keyboard.TypeAsync("Corner of Elm and 5th");
        await calling.Keyboard.PressAsync("Control+Enter");

        var notice = going.Locator("#urgent .urgent-note");
        await Expect(notice).ToContainTextAsync("Corner of Elm and 5th");
        Assert.Equal("784 988 784 988 784 988", await going.EvaluateAsync<string>("window.tonesBegun.join(' ')"));
        await Expect(going.Locator(".urgent-silent")).ToHaveCountAsync(0);
        await Expect(going.GetByLabel("What was said")).ToHaveValueAsync("Half a sentence");
        await notice.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(going.Locator("#urgent")).ToBeHiddenAsync();
    }

    /// <summary>Takes a call, opens the customer's page, and says that it is they who call.</summary>
    private static async Task Caller(IPage page, Customer customer, bool taken = false)
    {
        if (!taken)
        {
            await page.GotoAsync("/");
            await page.Keyboard.PressAsync("o");
            await Expect(page.Locator("#in-hand")).ToContainTextAsync("Who is calling?");
        }
        await page.GotoAsync($"/customers/{customer.Id}");
        await Expect(page.Locator($"[data-person-in-hand='{customer.Id}']")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("i");
        await Expect(page.Locator("#in-hand .hand-label")).ToHaveTextAsync("Caller");
    }

    private static async Task Typed(IPage page, Customer customer, string comment)
    {
        await page.StartContact(customer);
        await page.ChooseType("hb", "High bill");
        await page.GetByLabel("What was said").FillAsync(comment);
    }
}
