# Texts of the interface. Keys are checked when building; a test demands the same ones in each language.
# Members read "city", never "instance".

## The frame of every page
skip = Skip to content
nav-main = Main
nav-foot = More about this network
nav-home = Topics
nav-library = Library
nav-cities = Cities
nav-network = State of the network
nav-network-short = Network
nav-settings = My settings
nav-admin = Accounts
nav-sign-in = Sign in
nav-sign-out = Sign out
to-home = Go to the start page
foot-software = Made with Tequio, free software
switch-language = Language
switch-theme = Colours
theme-auto = Automatic
theme-light = Light
theme-dark = Dark
pages-label = Pages
pages-previous = Previous
pages-next = Next
pages-position = Page { $current } of { $last }

## Dates and amounts
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
date-long = { $day } { $month } { $year }
date-time = { $day } { $month } { $year }, { $time } UTC
never = never
count-replies = { $count ->
    [0] No replies
    [one] 1 reply
   *[other] { $number } replies
}
count-comments = { $count ->
    [0] No comments
    [one] 1 comment
   *[other] { $number } comments
}
count-threads = { $count ->
    [0] No conversations
    [one] 1 conversation
   *[other] { $number } conversations
}
count-objects = { $count ->
    [0] No library items
    [one] 1 library item
   *[other] { $number } library items
}
count-entries = { $count ->
    [0] No contributions
    [one] 1 contribution
   *[other] { $number } contributions
}
count-people = { $count ->
    [0] No members
    [one] 1 member
   *[other] { $number } members
}
count-files = { $count ->
    [one] 1 file
   *[other] { $number } files
}
count-useful = { $count ->
    [0] Useful
   *[other] Useful · { $number }
}
count-found-useful = { $count ->
    [one] useful to 1 person
   *[other] useful to { $number } people
}

## Home
home-title = Start
home-headline = { $cities } cities that learn from each other
home-intro = Ask, answer, and take home what worked elsewhere. All that is shared stays in the public library, copied in every city: { $objects } and { $threads } so far.
home-topics = Topics
home-unanswered = Questions without an answer
home-library = New in the library
home-library-all = See the whole library
home-cities = The cities
door-deciders = For those who decide
door-deciders-what = What each topic is, why it matters and what must be settled
door-practitioners = For those who do it
door-practitioners-what = Processes, cases, lessons and tools ready to use
home-none-unanswered-what = Every question has an answer
home-none-unanswered-why = Questions that nobody has answered yet show up here.
home-no-objects-what = No library items yet
home-no-objects-why = The latest that the cities kept in the library shows up here.
home-see-library = See the library
city-own = This city

## Topics
topic-eyebrow = Topic
topic-ask = Ask or talk
topic-add = Add to the library
topic-follow = Follow this topic
topic-unfollow = Stop following
topic-followed = Followed
topic-for-deciders = For those who decide: why it matters
topic-for-practitioners = For those who do it: what is here
topic-parts = Parts of the topic
topic-not-found = There is no such topic in this network.
tab-threads = Conversations
tab-library = Library
tab-glossary = Glossary
tab-people = People
tab-cities = Cities
filter-label = Filters
filter-all = All
filter-questions = Questions
filter-conversations = Conversations
filter-unanswered = Without an answer
filter-apply = Apply filters
filter-clear = Remove filters
filter-any = All
threads-empty-what = The questions and conversations of the topic go here
threads-empty-why = There is none yet with this filter.
objects-empty-what = Library items go here
objects-empty-why = No item matches these filters.
glossary-empty-what = The words of the topic go here
glossary-empty-why = This topic has no glossary yet.
people-empty-what = The people who take part in the topic go here
people-empty-why = Nobody has taken part yet.
glossary-letters = Letters of the glossary
shelf-missing = Missing.
shelf-missing-who = Who has it?

## Conversations
kind-question = Question
kind-question-what = Asks for help; one answer can be accepted
kind-conversation = Conversation
kind-conversation-what = Shares news, an idea or a debate
state-answered = Answered
state-unanswered = No answer yet
thread-to-answer = Go to the accepted answer
thread-answers = Answers
thread-comments = Comments
thread-facts = At a glance
thread-cities = Cities taking part
thread-opened = Opened
thread-last = Last activity
thread-empty-what = Answers go here
thread-empty-why-question = Nobody has answered yet. If you know something, even a little, it helps.
thread-empty-why = Nobody has commented yet.
thread-empty-next = Write an answer
post-accepted = Accepted by the person who asked
post-accept = Accept as the answer
post-unaccept = Take acceptance back
post-reply = Reply
post-reply-to = to { $name }
post-replies-to = In reply to { $name }
post-edit = Edit
post-edited = edited on { $date }
post-delete = Delete
post-deleted = The author deleted this text.
post-deleted-heading = Deleted text
post-origin = See it in its city of origin
reply-heading = Write an answer
reply-heading-comment = Write a comment
reply-publish = Publish
reply-sign-in = Sign in to take part
reply-sign-in-why = Reading is open to all; writing is for members of the cities.
reply-answering = Replying to { $name }

## Writing
compose-heading = New question or conversation
compose-edit-heading = Edit your text
compose-edit-comment-heading = Edit your comment
compose-publish = Publish
compose-note = What you publish is copied to every city of the network and is public.
form-preview = Preview
form-cancel = Cancel
form-save = Save changes
form-problems = Something needs correcting
preview-heading = Preview: not published yet
field-kind = What do you want to publish?
field-title = Title
field-text = Text
field-comment = Your comment
field-abstract = Abstract (optional)
field-topic = Topic
field-audience = For whom
field-kind-object = Kind
field-license = Licence
field-files = Files
field-kept-files = Files already received
field-name = User name
field-display-name = Full name
field-post = Post
field-summary = What you can help with
field-password = Password
field-password-now = Current password
field-password-new = New password
field-language = Language of the interface
field-token = Installation key
hint-title = Write the whole question: readers should understand it without opening it.
hint-markdown = You can use **bold**, lists with hyphens, and links.
hint-object-title = Be specific: what it is and what it is for.
hint-object-body = Problem, what was done, cost, barriers, result, what you would change. With a file attached, a few lines will do.
hint-abstract = Two or three sentences; shown in lists.
hint-files = Up to { $files } files of { $megabytes } MB: PDF, documents, sheets and slides (Office or LibreOffice), CSV or text.
hint-name = Lower-case letters, digits and underscore; for example: amolina.
hint-display-name = This is how the other cities see you.
hint-password = At least { $min } characters. A long sentence beats an odd word.
hint-post = Your position at the municipality.
hint-summary = Topics on which other cities may ask you.
hint-token = It was written to the server's log when it first started.

## Library
library-heading = Library
library-intro = What the cities learned, in items that anyone can read, download and adapt.
library-found = { $count ->
    [0] No items
    [one] 1 item
   *[other] { $number } items
}
object-heading = New library item
object-edit-heading = Edit the item
object-adapt-heading = Record an adaptation
object-intro = Four things are enough: a file or a text, a title, the topic and the licence.
object-publish = Publish the item
object-publish-version = Publish new version
audience-deciders = For those who decide
audience-practitioners = For those who do it
audience-both = For both
object-kind-topic-description = What it is
object-kind-importance = Why it matters
object-kind-issue = Issue
object-kind-process = Process
object-kind-lesson = Lesson
object-kind-case-study = Case study
object-kind-tool = Tool
object-kind-manual = Manual
object-kind-faq = Frequent question
object-kind-proceedings = Proceedings
object-kind-presentation = Presentation
object-kind-reference = Reference
object-kind-web-link = Link
object-kind-organisation = Organisation
object-kind-story = Story
object-kind-template = Template
license-by = CC BY 4.0: name the authors
license-by-sa = CC BY-SA 4.0: name and share alike
license-zero = CC0 1.0: public domain
knowledge-files = Downloads
knowledge-adapt = Record an adaptation
knowledge-adaptations = Adaptations in other cities
knowledge-adapts = Adapts to its city:
knowledge-no-adaptations = None yet. If your city used it and changed something, tell the others, also if it did not work out.
knowledge-cite = How to cite
knowledge-no-comments = Nobody has commented on its strengths or weaknesses yet.
knowledge-facts = At a glance
knowledge-ask = Ask the person who did it
knowledge-versions = Versions
knowledge-version = Version { $number }
knowledge-see-current = See the current version
knowledge-old = You are reading version { $number }, which has been replaced.
fact-kind = Kind
fact-audience = For whom
fact-city = City
fact-topic = Topic
fact-published = Published
fact-license = Licence
fact-version = Version
fact-adaptations = Adaptations
file-elsewhere = being copied from its city of origin
citation = { $author } ({ $year }). { $title }. Version { $version }. { $city }: { $network }. { $href }

## People and cities
person-objects = Published library items
person-no-objects = No library items yet.
person-threads = Conversations opened
person-no-threads = No conversations opened yet.
cities-intro = Each city has its own server and keeps a copy of everything that the network shares.
city-people = Who takes part
city-no-people = Nobody of this city has taken part yet.
city-objects = Its newest library items
city-no-objects = This city has not published library items yet.
city-threads = Its newest conversations
city-no-threads = This city has not opened conversations yet.
city-site = Go to this city's site

## State of the network
network-intro = The cities send everything to each other directly. If one is down the others go on; when it returns it receives what it missed.
network-verdict-ok = Everything is up to date with the { $count } cities.
network-verdict-behind = { $count ->
    [one] 1 city is behind or out of reach.
   *[other] { $count } cities are behind or out of reach.
}
network-city = City
network-state = State
network-heard = Last received
network-sent = Last sent
network-to-send = To be sent
network-to-get = To be received
network-logs = Logs of the topics
network-logs-what = How many signed entries of each topic this city keeps, and how many it knows it lacks.
network-topic = Topic
network-entries = Entries
network-missing = Missing
recovery-heading = Recovery of own entries
recovery-what = The server came back from a copy or an earlier state. It asks the other cities how far its own logs reached and takes back from them what is missing. Meanwhile these topics can be read but not written in.
recovery-running = Under way: some topics take nothing new yet.
recovery-over = Done.
recovery-done = Goes on
recovery-lost = Goes on, with a loss
recovery-asking = Asking
recovery-no-answer = No city answers
recovery-waiting = Waits for more cities
recovery-began = Since
recovery-asked = Last asked
recovery-recovered = Recovered
recovery-lost-count = Lost
peer-self = This city
peer-ok = Up to date
peer-behind = Behind
peer-unreachable = Out of reach
peer-unknown = No contact yet
network-contact = Last sign of life
network-waiting = waiting since
alarms-banner = { $count ->
    [one] There is 1 alarm about the network.
   *[other] There are { $count } alarms about the network.
}
alarms-banner-link = See what is wrong
alarms-heading = Alarms
alarms-what = What is wrong between the cities, seen from here. Each alarm closes by itself when its cause ends. Administrators see this.
alarms-none = Nothing is wrong: all cities give signs of life and take what is sent to them.
alarms-kind = What is wrong
alarms-since = Since
alarms-until = Until
alarms-closed = Earlier alarms
alarm-silent = No sign of life. What is written here waits for it and nothing is lost; tell its people.
alarm-queue = It answers, but does not take what is sent to it. Show this error to its people.
alarm-stuck = Entries of its exist and come from no city.
alarm-frozen = It signed two different histories of one log. That log is stopped here; talk to its people before anything else.

## Accounts
sign-in-heading = Sign in
sign-in-intro = With your account of { $city }.
sign-in-forgotten = Forgotten your password? An administrator gives you a link to write another.
sign-in-none = No account?
sign-in-register = Ask for one
sign-in-wrong = The user name or the password is not right. Check capitals and try again.
sign-in-pending = Your account still awaits approval by the administrators of your city.
register-heading = Ask for an account
register-intro = Accounts are for people who work at or with { $city }. An administrator approves each request.
register-submit = Ask for the account
register-done-heading = Request received
register-done = The administrators of { $city } will look at it. Once approved you can sign in with the password you chose.
install-heading = First start
install-intro = Create the account of the person who runs { $city }. The installation key works only once.
install-submit = Create the administrator
install-done = The city is ready. Sign in with the account you just created.
settings-profile = Public profile
settings-profile-link = See my page
settings-password = Password
settings-password-change = Change the password
settings-sessions = Open sessions
settings-sessions-what = If you do not recognise one, end it and change your password.
session-since = Opened on { $since }; last active on { $seen }
session-this = This session
session-end = End
accounts-heading = Accounts
accounts-pending = Requests to decide
accounts-none-pending = No requests are pending.
accounts-approve = Approve
accounts-refuse = Refuse
accounts-create = Create an account
accounts-create-do = Create the account
accounts-all = All accounts
accounts-all-what = At least two people should administer. Nobody changes their own account. What somebody published stays when their account is closed.
accounts-do = Change
accounts-appoint = Make administrator
accounts-dismiss = End administration
accounts-link = New password
accounts-close = Close
accounts-open = Open
link-heading = Link for { $name }
link-what = It works once, within 48 hours, and is shown only now. Hand it over in person or by a safe way: whoever has it can sign in with that account.
reset-heading = New password
reset-intro = Write the new password of the account “{ $name }”. Its open sessions will end.
reset-submit = Save the password
need-new-link = This link no longer works: it was used, it expired, or another was made. Ask an administrator for a new one.
accounts-role = Role
accounts-state = State
accounts-since = Since
role-member = Member
role-admin = Administrator
account-pending = Pending
account-active = Active
account-closed = Closed

## Deleting
delete-heading = Delete this text?
delete-what = It will be deleted in every city. A note will say that there was a text. This cannot be undone.
delete-do = Yes, delete
delete-object-heading = Withdraw this library item?
delete-object-do = Yes, withdraw

## Notices after an action
notice-published = Published. The other cities will have it in seconds.
notice-saved = Changes saved.
notice-deleted = Deleted.
notice-password = Password changed. The other sessions were ended.
notice-session-ended = Session ended.
notice-approved = Account approved.
notice-refused = Request refused.
notice-reset = Password saved. Sign in with it.
notice-appointed = They administer this city from now on.
notice-dismissed = They no longer administer this city.
notice-account-closed = Account closed. Its sessions have ended.
notice-account-opened = Account opened again.
notice-account-created = Account created.
notice-followed = The request is on its way. You will see here when it is accepted.
notice-unfollowed = You no longer follow it.
notice-topic-followed = The request was sent in the name of the city. Those who follow the topic will read it.
notice-report-closed = Report closed.
notice-signed-out = You are signed out.
notice-installed = The city is ready.

## What a field needs
need-missing = { $field }: write something.
need-too-short = { $field }: it is too short.
need-too-long = { $field }: it is too long.
need-too-long-shown = Text: with all its formatting it is too long to be sent to the other cities. Shorten it, format it less, or put it into a file.
need-password-short = Password: use at least { $min } characters.
need-name-form = User name: 2 to 30 lower-case letters without accents, digits or underscore, starting with a letter.
need-name-taken = User name: it exists already. Choose another.
need-name-lost = User name: it belongs to somebody whose account was lost when a backup was restored; what they wrote is still here. Choose another.
need-choice = { $field }: choose one of the list.
need-body-or-file = Text: write something or attach a file.
need-file-kind = File "{ $name }": that kind is not accepted. Use PDF, office documents (Office or LibreOffice), CSV or text.
need-file-size = File "{ $name }": it is larger than { $megabytes } MB.
need-file-count = Files: { $files } at most.
need-password-now = Current password: it is not right.
need-token = Installation key: it is not right or was used already. It is in the server's log.

## Errors
error-400-heading = We did not understand the request
error-400 = Go back and try again.
error-403-heading = You cannot do this
error-403 = Your account has no permission for this action.
error-403-form-heading = This form is no longer valid
error-403-form = Much time passed or the session changed. Open the page again, copy your text from below and send it once more.
error-403-session-heading = Your session has ended
error-403-session = Sign in again. What you wrote is below: copy it before you go on.
error-404-heading = It is not here
error-404 = The page does not exist, was deleted, or has not yet arrived from another city.
error-405-heading = That cannot be done here
error-405 = The address exists, but does not take this action.
error-413-heading = It is too large
error-413 = What was sent is over the limit: { $files } files of { $megabytes } MB each.
error-422-heading = Something needs correcting
error-422 = Check what you wrote and try again.
error-vote-own = You cannot vote for your own text.
error-429-heading = Too many attempts
error-429 = Wait { $seconds } seconds and try again.
error-500-heading = Something failed on our side
error-500 = It was not your fault. The error was noted; try again in a moment.
error-503-heading = The city is busy
error-503 = We could not confirm that what you sent was kept. Wait a moment, see whether it is there, and if not, send it again.
error-507-heading = The city has no room to keep it
error-507 = The disk of this server is full: what you sent was not kept. Reading goes on. Tell whoever runs the city, and send it again later.
error-held-heading = The city is recovering its own entries
error-held = The server came back from a copy and is asking the other cities how far it had written. Reading works; publishing will as soon as that is done. What you sent was not kept: try again in a few minutes. “Network” shows how it stands.
error-typed = What you wrote
error-typed-hint = It is not lost: copy it from here.
error-back = Go back
knowledge-text = Text of the library item
thread-opening = What is asked or told

## Outside the network
outside = Outside the network
outside-host = { $host } (outside the network)
outside-note = from outside the network, received by { $city }
outside-post-origin = See on its server
outside-vote-note = Your “useful” leaves the network: it is sent to { $host } with your name.
outside-person-what = Writes from { $host }, a server that is not part of this network. What they say here was received by one of our cities.
outside-person-page = See their page on { $host }
nav-outside = Outside
outside-heading = Outside the network
outside-intro = Follow people and communities of other open social networks from here: Mastodon, Lemmy, PieFed, Mbin, NodeBB and others.
outside-tab-followed = What I follow
outside-tab-messages = Messages
outside-search = Find somebody or something outside
outside-search-hint = Paste @name@server, !community@server or the address of a page (https://…).
outside-search-do = Search
outside-search-note = Your city asks that server; your name is not sent until you decide to follow.
outside-found-heading = What was found
outside-none-heading = Not found
outside-follow = Follow
outside-unfollow = Stop following
outside-follow-note = When you follow, your name is sent to { $host }.
outside-followed = What you follow
outside-followed-none = You follow nobody outside yet. Look above.
outside-items = Latest
outside-items-later = Older
outside-items-empty-what = This is where you read what the people and communities you follow publish
outside-items-empty-why = Nothing has come since you follow them: what they publish from now on will.
outside-older = See older ones
outside-newest = Back to the latest
outside-through = came through { $name }
outside-is-reply = Reply
outside-no-text = (no text)
outside-read-there = Read on { $host }
outside-useful = Useful
outside-back = Back to what I follow
outside-item-note = A copy received from { $host }. Nothing is loaded from other servers here: images and videos are links.
outside-state-asked = Asked
outside-state-accepted = Following
outside-state-rejected = Refused
outside-kind-person = Person
outside-kind-group = Community
outside-kind-service = Automated account
outside-kind-application = Application
outside-kind-organization = Organisation
outside-not-understood = Search: write @name@server, !community@server or a whole address that starts with https://
outside-not-allowed = Search: that server cannot be asked.
outside-no-answer = The server does not exist or does not answer. Check the spelling or try later.
outside-unknown = The server answered that it does not know this, or that it was deleted. Check the spelling.
outside-not-social = There is something, but it is no person, community or text of an open social network.
outside-too-often = You have searched many times in a row. Wait { $seconds } seconds and try again.
outside-ours = Something failed on our side. Try again in a moment.
outside-follow-limit = You follow as many accounts outside as one can. Stop following one first.
outside-for-topics = What the city follows for its topics
outside-for-topics-what = The city’s office follows these communities; whoever follows the topic reads here what they publish.
outside-topic-which = Follow for a topic
outside-topic-hint = The city follows the community with its office account, in nobody’s name. Those who follow the topic read it.
outside-topic-follow = Follow for the topic
outside-topic-only-communities = For a topic one follows communities of other servers. This account is none, or takes no messages: follow it yourself, in your own name.
outside-topic-limit = The city follows as many communities outside as it can. Stop following one first.

## Following from outside
follow-topic-heading = Follow this topic from outside the network
follow-topic-intro = If you use Mastodon, Lemmy or another open social network, copy one of these lines and paste it into its search. You need no account here.
follow-person-heading = Follow this person from outside the network
follow-person-intro = If you use Mastodon or another open social network, copy one of these lines and paste it into its search. You need no account here.
follow-copy-handle = Mastodon, Mbin, NodeBB, PieFed and others
follow-copy-community = Lemmy and PieFed
follow-copy-url = Address, if the above is not found
follow-lemmy = This city is a community: you read, answer and vote on what is opened here. What the other cities open is in the community of each.
follow-mbin = It is a magazine, with what is opened in this city. Each of the other cities has its own.
follow-piefed = It is a community, with what is opened in all cities of the topic.
follow-nodebb = It is a category, with what is opened in all cities of the topic.
follow-mastodon = It is an account that shows what is new in all cities. You answer each text; a favourite counts as “useful”.
follow-siblings = The communities of the other cities
follow-siblings-what = For Lemmy and Mbin, where each city is followed apart. This page shows those of all.
follow-person-mastodon = You will see what they publish. If you answer, your answer appears in the conversation.
follow-person-lemmy = It does not follow people: follow the communities of the topics in which they take part.

## Private messages
messages-heading = Messages
messages-intro = Private messages that were sent to you from other social networks. Only you see them, and they are copied to no other city.
messages-answer = You can only read them here. To answer, write to that person from an account in the network that they use.
messages-empty-what = This is where private messages from outside go
messages-empty-why = You have none.
message-from = Message from { $name }
message-delete = Delete
message-delete-this = the message from { $name }

## Reports
admin-tab-accounts = Accounts
admin-tab-reports = Reports
admin-parts = Parts of the administration
reports-heading = Reports
reports-intro = What other servers or their members point out about what is published here. Look at it and close it; whoever reported gets no answer.
reports-open = To be looked at
reports-closed = Closed lately
reports-empty-what = This is where reports to be looked at go
reports-empty-why = There are none.
report-comment = A comment
report-by = Reported by
report-no-reason = No explanation.
report-close = Close
report-close-this = the report about { $name }
report-closed-at = Closed on { $date }

## Servers outside, for administrators
network-outside = Servers outside
network-outside-what = Servers of other social networks that follow something here or write here. Only administrators see this.
network-outside-none = None yet.
network-host = Server
network-followers = Followers
network-error = Last error
network-counts = Activities received from outside
network-counts-what = Since the server started.
network-counts-none = None yet.
network-kind = Activity
network-received = Received
network-taken = With effect
network-lag-more = more than { $number }

## Coordination record
tab-acta = Record
topic-coordinated-by = Coordinated by
topic-coordinates = until { $end }
acta-seat-heading = Who coordinates
acta-seat-says = coordinates this topic.
acta-seat-none = Nobody coordinates this topic for now. The majority of the cities can give the term to one of them.
acta-seat-unfounded = The coordination of this topic has not been founded yet.
acta-seat-term = Term { $number }: from { $start } to { $end }.
acta-seat-next = Next comes { $city }, from { $start }.
acta-seat-posting = Asking, answering and publishing do not depend on who coordinates.
acta-tasks-heading = What your city can do now
acta-terms-heading = Terms
acta-term = Term { $number }
acta-term-lasts = Running
acta-term-over = Over
acta-opened-genesis = Began with the founding of the topic, written by { $city }.
acta-opened-seal = Began by hand-over: { $city } passed the coordination on.
acta-opened-certificate = Began by takeover: the majority of the cities gave the term.
acta-settled = Settled: { $seen } of { $of } cities have seen it, and nothing can undo it any more.
acta-unsettled = { $seen } of { $of } cities have seen it; it is settled when the majority has.
acta-ended-leave = The city left the topic during its term.
acta-ended-fork = The term ended because the city's log contradicts itself.
acta-schedule-heading = Agreed schedule
acta-members-heading = Cities that take part
acta-member = Takes part
acta-member-coordinates = Coordinates
acta-member-left = Left
acta-member-removed = Put out
acta-acts-heading = Everything that was said
acta-acts-what = Each line is signed by the city and by the person who wrote it. What does not count stands here too, with its reason.
acta-by-itself = The city's software
acta-empty-what = Here one reads who coordinates the topic and how it passed from city to city.
acta-empty-why = Nobody has founded the coordination of this topic yet.
acta-verdict-good = Counts
acta-verdict-refused = Does not count
acta-verdict-waits = Waits
acta-note-add = Add a few words for the other cities
acta-not-done = It was not done. { $why }
acta-not-now = It was not done: it is not your city's turn to do this.

act-genesis = Founds the coordination with { $count ->
    [one] one city
   *[other] { $count } cities
}; { $city } begins
act-offer = Offers term { $number } to { $city }
act-withdraw = Withdraws its offer
act-accept = Accepts the term that was offered
act-reject = Rejects the term that was offered
act-seal = Hands term { $number } over to { $city }
act-stand = Stands for term { $number }, because the coordinator does not answer
act-endorse = Endorses that { $city } takes the term
act-certify = Takes term { $number } with { $count ->
    [one] one endorsement
   *[other] { $count } endorsements
}
act-acknowledge = Confirms how the term ended
act-propose = Proposes { $what }
act-approve = Approves { $what }
act-change = Makes the approved change: { $what }
act-record-leave = Takes down that { $city } left
act-leave = Leaves the topic
change-add = that { $city } takes part
change-remove = that { $city } no longer takes part
change-update = the new details of { $city }
change-schedule = the schedule of terms: { $lines }
change-schedule-empty = to empty the schedule of terms
wait-entry = Another entry on which it depends has not arrived. When it does, this is judged again.
wait-term = Term { $number } has not begun. Then this is judged again.

reason-second-genesis = The topic had been founded already.
reason-bad-genesis = The founding names a city twice, or a coordinator that takes no part.
reason-replayed = It repeats entry { $place } of the same log.
reason-forked = The city's log contradicts itself from entry { $place } on: what follows says nothing.
reason-not-member = The city took no part at that time.
reason-has-left = The city had left (entry { $place } of its log).
reason-not-coordinator = Term { $number } belongs to { $city }.
reason-wrong-term = It names term { $number }, which does not follow the one that ends.
reason-before-start = It stands before the beginning of its term (entry { $place } of its log).
reason-after-end = Its term was over: what counts ends at entry { $place } of its log.
reason-offer-open = Another offer is still open (entry { $place }). It must be withdrawn first.
reason-offer-to-non-member = The city to which the term is offered takes no part in the topic.
reason-offer-to-self = A city cannot offer the term to itself.
reason-offer-changed = It answers another offer than the one that was made.
reason-offer-refused = The offer does not count, so neither does its answer.
reason-offer-withdrawn = The offer had been withdrawn.
reason-not-an-offer = What it names is no offer.
reason-not-offered-to-you = The offer was to another city.
reason-answered-already = The city had answered already (entry { $place } of its log).
reason-not-accepted = Nobody has accepted that offer.
reason-successor-differs = It names another city than the offer.
reason-sealed-already = It had handed the term over already (entry { $place } of its log).
reason-outranked = The next term began in another way, by { $city }.
reason-no-such-term = What it names opened no term of this topic.
reason-own-seat = Whoever coordinates cannot stand to replace itself.
reason-not-a-candidacy = What it names is no valid candidacy.
reason-endorsed-already = The city had given its only endorsement for this takeover (entry { $place } of its log).
reason-acknowledged-already = The city had confirmed already how the term ended.
reason-short-of-quorum = Votes are missing: it has { $have } of { $need }.
reason-head-differs = It does not name the last entry that the endorsing cities saw ({ $place }).
reason-certified-already = It had shown its majority already (entry { $place } of its log).
reason-already-member = The city takes part already.
reason-unknown-member = The city takes no part, or has not left.
reason-coordinator-stays = Whoever coordinates cannot be put out so: it hands over, or leaves the topic.
reason-key-not-current = The signature is not by the key on the city's record.
reason-not-undoable = Only an offer of one's own that is still open can be withdrawn.

task-found = Found the coordination
task-found-what = Your city is the founder. Write down which city coordinates first and how long a term lasts.
task-found-do = Found
task-offer = Pass the coordination to another city
task-offer-what = Your city coordinates. Offer the next term; the other city accepts, and then you hand over.
task-offer-do = Offer the term
task-waiting = Waiting for the answer of { $city }
task-waiting-what = As long as there is none you can withdraw the offer.
task-withdraw-do = Withdraw the offer
task-seal = { $city } accepted: hand over
task-seal-what = When you hand over, the term of your city ends and that of { $city } begins. It cannot be undone.
task-seal-do = Hand over the coordination
task-rejected = { $city } did not accept
task-rejected-what = Withdraw the offer so that the term can be offered to another city.
task-answer = { $city } offers you term { $number }
task-answer-what = From { $start } to { $end }. You answer once; if you accept, the other city hands over afterwards.
task-accept-do = Accept
task-reject-do = Reject
task-proposal = Proposal: { $what }
task-proposal-what = { $count } of { $of } cities approve; { $need } are needed.
task-approve-do = Approve
task-enact-do = Make the change
task-departure = { $city } left
task-departure-what = Take it down, so that it no longer counts in majorities.
task-departure-do = Take down
task-members = Change who takes part
task-members-what = Propose that a city joins or goes; the others approve.
task-members-do = Propose a change

takeover-heading = Takeover
takeover-lead = If the coordinating city stops answering, the majority of the others can give the term to another one.
takeover-majority-heading = What a majority is
takeover-holder = { $city } coordinates.
takeover-no-holder = { $city } coordinated; nobody does now.
takeover-majority = { $of } cities vote in this term: { $need } endorsements are needed.
takeover-rule-one = Each city has one endorsement per takeover and cannot take it back. Before you endorse, try to talk to the coordinator.
takeover-rule-past = What the coordinator did as far as the endorsing cities saw it goes on counting. What it does afterwards counts in no city.
takeover-candidacies = Who stands
takeover-empty-what = Here stand the cities that offer themselves, and who endorses them.
takeover-empty-why = No city stands for this takeover.
takeover-candidacy = Stands for term { $number }, from { $start } to { $end }.
takeover-count = { $have } of { $need } endorsements needed
takeover-stand = Put your city forward
takeover-your-turn = Your city
takeover-endorse = Endorse
takeover-endorse-what = Your city has one endorsement for this takeover and cannot change it.
takeover-own-what = Your city has an endorsement too. When there is a majority, take the term.
takeover-certify = Take the term

offer-heading = Offer the next term
offer-what = Choose the city that will coordinate next and the planned dates. Dates are for guidance; the term changes when you hand over.
offer-after = The other city accepts or rejects. If it accepts, you hand over and your term ends.
offer-do = Offer
item-note = Note
item-task = Open task
item-contact = Contact
field-notes = Notes for whoever takes over
field-tasks = Open tasks
field-contacts = Contacts
hint-notes = Optional, one a line. What one should know: agreements, dates, where the documents are.
hint-tasks = Optional, one a line. The other city goes through them one by one before it accepts.
hint-contacts = Optional, one a line. Anyone will read them and they stay in the acta: write offices and posts, no personal data.
task-items = What your city receives
task-items-what = Tick each line when you have gone through it. To accept, all must be ticked.
need-each-item = What your city receives: tick each line before you accept.
need-line-too-long = { $field }: a line may have up to { $max } characters.
need-too-many-lines = { $field }: the three lists together take { $max } lines.
ready-heading = Ready to coordinate
ready-says = Your city meets { $met } of { $of }. Only administrators here see this.
ready-deputy = { $count } people administer: somebody can step in.
ready-deputy-not = Only one person administers. Make another one an administrator in “Accounts”.
ready-whole = This server holds everything that the other cities have said in the topic.
ready-whole-not = This server lacks something that the other cities have said in the topic: see “Network”.
ready-backup = The last backup is of { $date }.
ready-backup-not = There is no backup of the last { $days } days. Whoever looks after the server makes one every night with “tequio backup”.
ready-rehearsal = A backup was last tried out on { $date }.
ready-rehearsal-not = No backup was tried out in the last { $days } days. Whoever looks after the server does it with “tequio restore --check”.
term-heading = { $topic }, term { $number }: { $city }
term-acts = How it was decided
term-digest = Digest of the entry:
term-print = To keep this record on paper or as a PDF, use “Print” in your browser.
stand-heading = Put your city forward
stand-what = Your city stands because the coordinating one does not answer. Then the endorsements of the majority are needed.
stand-do = Stand
found-heading = Found the coordination
found-what = The cities whose group is known here take part. This is written once; everything else is changed later by all.
found-members = Taking part: { $cities }.
found-do = Found
leave-heading = Leave the topic
leave-what = Your city no longer takes part in the coordination of this topic. What its people wrote stays where it is.
leave-after = If your city coordinates, the term ends and nobody coordinates until the majority gives it to another.
leave-do = Leave
members-heading = Propose a change
members-what = The change is made when as many cities approve as the founding demands. Your own counts as approving.
members-do = Propose
field-city = City
field-start = Begins
field-end = Ends
field-term-days = Days of a term
field-quorum = Who approves changes
field-change = Change
field-note = Words for the other cities (optional)
hint-note = Anyone will read them, with your name.
quorum-majority = More than half of the cities
quorum-two-thirds = Two thirds of the cities
quorum-coordinator = The coordinator, without asking
change-choice-add = Joins
change-choice-remove = Goes
change-choice-update = Take down its present details
notice-acta = Written into the record. The other cities will see it in seconds.
need-end-after-start = Ends: the date must be after the beginning.
need-day = { $field }: write a date, such as 2027-01-31.
need-term-days = Days of a term: a number from 1 to 3650.
need-known-city = City: choose one that takes part and whose group is known here.

## Erasures
admin-tab-erasures = Erasures
erasures-heading = Erasures
erasures-intro = Deleting a post hides it, but its text stays in the logs of all cities. Erasing takes it out of there, too, for good, with its files. Do it when somebody has a right to it.
erasure-new = Erase a post
erasure-address = Address of the post
erasure-address-hint = Copy it from the browser. Only posts by members of this city can be erased here; those of another one are erased by that city.
erasure-reason = Reason
erasure-reason-hint = It stays here, for the administrators. It is not published and not copied to other cities.
erasure-sure = I understand that this cannot be undone, and that the other cities will erase it, too.
erasure-do = Erase for good
erasures-made = Erased
erasures-empty-what = This is where erased posts go, and which cities have confirmed it
erasures-empty-why = Nothing has been erased.
erasure-by = By { $name }
erasure-confirmed = Confirmed by { $done } of { $all } cities
erasure-everywhere = Everywhere
erasure-under-way = Under way
erasure-done = Confirmed by:
erasure-open = Not confirmed yet by:
notice-erased = Post erased. The other cities will do the same and confirm it here.
need-post-address = Address of the post: it is not that of a post of this network. Copy it from the post's page.
need-own-post = Address of the post: it is another city's. Ask the administrators of that city.
need-sure = Tick the box to confirm that you understand that it cannot be undone.
need-text-to-erase = That post is erased already: no text of it is left in the log.

## News of the logs, on /red
mesh-heading = News of the logs
mesh-what = What is not as usual. Most of it mends itself; what is marked red does not.
mesh-pulling = Catching up with { $topic } of { $city }: { $missing } entries are missing, { $rate } come each second from { $from }.
mesh-vouched = The key of { $city } in { $topic } is known by the word of { $tellers }: that city does not answer to show it itself.
mesh-disputed = Cities do not agree about the key of { $city } ({ $tellers }). Nothing is taken of that log until the city answers.
mesh-forked = { $city } signed two different versions of its log of { $topic } from entry { $seq } on ({ $date }). In all cities the log ends before it; everything else goes on.
mesh-forked-own = This city's log of { $topic } has two signed versions from entry { $seq } on ({ $date }). It takes no more posts from here; tell whoever runs the server.
mesh-forking = { $city } signed two different versions of its log of { $topic } ({ $date }). Where they part is being looked for; until then nothing more is taken of it.
mesh-fault = { $city } served { $count ->
    [one] once
   *[other] { $count } times
} what does not hold (last on { $date }). For a while it is asked last. Cause: { $reason }

## Moderation by the coordinator
moderate-heading = Moderate
moderate-link = Moderate
moderate-back = Back to the text
moderate-what = It holds in all cities and stands in the record with your name and reason. It can be undone in the same way.
moderate-remove = Hide this text
moderate-restore = Show this text again
moderate-lock = Close the conversation to new answers
moderate-unlock = Open the conversation again
moderate-do = Decide
field-ruling = Decision
field-reason = Reason
hint-reason = Anyone will read it, with your name.
act-remove = Hides a text
act-restore = Shows a text again
act-lock = Closes a conversation
act-unlock = Opens a conversation again
post-removed = The coordination of the topic removed this text. The reason is in the record.
post-removed-heading = Text removed
reply-closed = This conversation is closed
reply-closed-why = The coordination of the topic closed it to new answers. The reason is in the record.
need-thread-open = The conversation is closed to new answers. Copy your text if you want to use it elsewhere.
need-reason = Reason: write why.
moderate-feature = Feature it: it stands first in the topic
moderate-unfeature = Feature it no more
moderate-ban = Suspend { $name } in this topic
ban-heading = Suspend { $name }
ban-what = Whoever is suspended can neither publish nor answer nor edit in “{ $topic }”, in any city. They can read on, and delete what is theirs. What they have published stays: remove it separately if need be.
ban-ban = Suspend
ban-unban = Lift the suspension
ban-until = Suspended until { $end }
ban-open = Suspended without an end
field-until = Until the day
hint-until = That day included. Empty: until the coordination lifts it.
need-ahead = Until the day: it must be today or later.
need-not-banned = The coordination suspended you in this topic. Reason and date are in the record. Copy your text if you want to keep it.
need-fewer-featured = Decision: there are { $max } featured texts already. Take one away first.
need-fewer-collections = The topic has { $max } collections already: dissolve one first, or add the pages to one that exists.
act-feature = Features a text
act-unfeature = Features a text no more
act-ban = Suspends { $name } until { $end }
act-ban-open = Suspends { $name } without an end
act-unban = Lifts the suspension of { $name }
act-page = Changes the topic's page
act-priorities = { $count ->
    [0] Empties the list of priorities
    [one] Ranks the priorities: one
   *[other] Ranks the priorities: { $count }
}
topic-tools = For the coordination
page-heading = Edit the topic's page
page-what = What the topic says of itself, above everything else. It holds until a coordination changes it.
hint-topic-summary = One sentence, up to 500 characters.
field-summary-es = Summary, in Spanish
field-summary-en = Summary
field-deciders-es = For those who decide, in Spanish
field-deciders-en = For those who decide
field-practitioners-es = For those who do it, in Spanish
field-practitioners-en = For those who do it
issues-heading = Rank the priorities
issues-title = Priorities of the topic
issues-what = The most pressing issues of the topic, the first one on top. They are shown on its page, in all cities.
hint-issues = One a line, in order. At its end a line may have the address of the conversation or object that deals with it.
need-issue-here = Priorities: at “{ $address }” there is no conversation or object of this topic.
need-fewer-issues = Priorities: there is room for { $max }.
need-shorter-issues = Priorities: a line may have up to { $max } characters.
featured-title = Featured by the coordination
force-heading = What is in force
force-what = The decisions of the coordination that hold now, with their reasons. The record keeps them all, also those that do not hold any more.
force-empty-what = No decision is in force
force-empty-why = The coordination has removed, closed, featured or suspended nothing.
force-removed = Removed
force-removed-post = A text that was removed
force-locked = Closed
force-featured = Featured
force-page = The topic's page
force-priorities = Priorities
force-change = Change
admin-tab-hidden = Hidden
hide-heading = Hide in this city
hide-link = Hide here
hide-do = Hide here
hide-show = Show again
hide-what = What is hidden is not shown on the pages of this city any more, and of no other. It does not change what the cities share, does not stand in the record, and can be undone.
hide-because = It is hidden for this reason: { $reason }
hint-hide = Only this city's administrators see it.
post-hidden-heading = Text hidden
post-hidden = The administration of this city hid this text on its pages.
hidden-empty-what = Nothing is hidden
hidden-empty-why = Below each text, “Hide here” takes it off the pages of this city.
collection-new = Put a collection together
collection-edit = Edit the collection
collection-what = A collection puts objects of the topic in an order, for a purpose: what to read first, for example. Without objects the collection disappears.
collections-title = Collections
field-collection-summary = What it is for
hint-collection-summary = Optional, up to 1000 characters.
field-items = Objects, in order
hint-items = The address of one object a line; its title may stand before it. A line that begins with # opens a part of that name.
need-collected = Objects, in order: give the address of at least one.
need-collected-here = Objects, in order: at “{ $line }” there is no object of this topic.
need-fewer-collected = Objects, in order: there is room for 100 in 20 parts.
need-shorter-part = Objects, in order: the name of a part may have up to 120 characters.
act-collection = Puts the collection “{ $name }” together
act-dissolve = Dissolves the collection “{ $name }”
force-collection = Collection
account-topics-heading = Topics that { $name } coordinates
account-topics-what = Whoever coordinates a topic moderates and orders its content while this city holds the term: removes, closes, features, suspends, edits the page and the priorities. Handing the term over and voting for the city stay with the administrators.
accounts-topics = { $count ->
    [0] Choose topics to coordinate
    [one] Coordinates one topic
   *[other] Coordinates { $count } topics
}

# Hand-overs
turns-heading = Hand-overs
turns-all = Hand-overs of all topics
turns-intro = Cities take turns in coordinating each topic. Here is who coordinates, until when, and who is next.
turns-reminders = What your city has ahead of it
turns-remind-own = { $topic }: your city hands the coordination over. { $left }.
turns-remind-next = { $topic }: your city receives the coordination from { $city }. { $left }.
turns-left = { $days ->
    [0] Ends today
    [one] 1 day left
   *[other] { $days } days left
}
turns-overdue = { $days ->
    [one] Was due yesterday
   *[other] Was due { $days } days ago
}
turns-until = until
turns-today = today
turns-stretch = { $city }, from { $start } to { $end }
turns-event = { $city } coordinates: { $topic }
turns-event-planned = { $city } is to coordinate: { $topic }
turns-calendar = Calendar (.ics)
turns-calendar-what = Add the address of this calendar to yours: it reminds 60, 30 and 7 days before a term ends.
turns-empty-what = Here is who coordinates each topic, at a glance.
turns-empty-why = The coordination of the topics has not been founded yet.
schedule-heading = Agree on the schedule
schedule-what = Who coordinates next and from when, agreed ahead. When the time comes the offer of the term is filled in already; nobody signs it for your city.
task-schedule = Agree on who is next
task-schedule-what = Propose terms in good time; the other cities approve.
change-choice-slot = Add a term
change-choice-clear = Empty the schedule

## Cities that know each other
admin-tab-siblings = Cities
cities-banner = { $count ->
    [one] One city waits for you to accept it.
   *[other] { $count } cities wait for you to accept them.
}
cities-banner-link = Compare and decide
siblings-heading = Cities of the network
siblings-intro = From whom this city receives what is written, and to whom it sends it. A city comes in by an invitation; on both sides a person compares six words before anything counts.
siblings-known = Those that this city knows
siblings-none = None yet. Invite one, or ask another to invite you.
siblings-address = Address
siblings-how = How it is known
siblings-configured = It is in the configuration.
siblings-one-sided = It has yet to accept
siblings-end = Stop knowing it
siblings-end-heading = Stop knowing { $city }
siblings-end-what = This city sends it nothing more and takes nothing more from it. What has come stays, and what other cities hold of it goes on coming from those. It can be invited again.
met-heading = To be compared
met-what = Call whoever administers the other city, at a number that you know already. Each reads the words of their own city aloud; the other follows them on their screen. If one differs, somebody poses as one of the two: refuse.
met-guest = It came with an invitation of this city.
met-host = It invited this city.
met-presented = { $city } presents it.
met-compare = Compare the words by telephone before you accept it.
met-may-compare = Whoever presents it has compared its words; you may rely on that, or compare them too.
met-words-of = Words of { $city }
met-words-own = Words of { $city } (yours)
met-brings = It also knows: { $names }. Accepting { $city } accepts them with it, and it presents your city to them.
met-accept = They match: accept { $city }
met-refuse = Refuse
invite-heading = Invite a city
invite-do = Make the invitation
invite-until = until { $until }
invite-used = came from { $url }
invite-withdraw = Withdraw
invited-heading = Invitation for { $city }
invited-what = It works once, until { $until }, and is shown only now. Send it by a safe way to whoever administers { $city }: they paste it in Accounts → Cities of their own server.
join-heading = I have an invitation
join-do = Present this city
field-city-slug = Short name of the city
hint-city-slug = As in the network file of that city: lower case and hyphens, such as san-salvador.
field-link = Address of the invitation
hint-link = Whole, with what follows the sign #.
invitation-heading = { $city } invites a city
invitation-what = The address that you opened is an invitation to the network. It is not used on this page, but on the server of the invited city.
invitation-step-server = The invited city installs its server and makes its first account.
invitation-step-paste = Whoever administers it signs in, opens Accounts → Cities → “I have an invitation”, and pastes the whole address.
invitation-step-compare = The two cities compare the six words of each by telephone, and accept each other.
invitation-secret = What follows the sign # is secret, works once, and is sent to no server by opening this page. Do not publish it.
notice-city-met = The city took your introduction. Now compare the words.
notice-city-accepted = Accepted. What it wrote begins to arrive in seconds.
notice-city-refused = Refused. Nothing of it was kept.
notice-city-ended = This city does not know it any more.
notice-invitation-withdrawn = Invitation withdrawn.
need-city-slug = Short name of the city: 2 to 60 lower-case letters without accents, digits or hyphens, such as san-salvador.
need-unknown-city = Short name of the city: this city knows it already, or is that city. Invite another.
need-same-keys = That city is known here by another address or other keys, or is this one. Talk to whoever administers it before you accept anything.
need-invitation = Address of the invitation: paste the whole address that you were given; it begins with https:// and has a long key after the sign #.
need-invitation-for-us = Address of the invitation: it is for “{ $city }”, not for this city. Ask for one with the short name of yours.
need-city-there = Address of the invitation: no city answers at that address ({ $cause }). See whether it is whole, or wait until its server works.
need-new-invitation = Address of the invitation: the other city does not take it ({ $cause }). Ask for a new one.
need-seen = The other city could not see this server at { $url }. Open that address from another network: if it does not load, look at the domain, the certificate and the proxy.
need-same-network = That city shares no topic with this one: it is of another network, or its network file is another.
