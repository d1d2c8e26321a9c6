// The threads that a school raised at other schools.

import { RaisedThreadsPage } from "../../../src/features/raise/RaisedThreadsPage";
import { messages } from "../../../src/i18n/messages";
import { pageMessages } from "../../../src/i18n/page-messages";

const texts = { ...pageMessages.raised, title: messages.nav.raised };

export const RaisedPage = () => <RaisedThreadsPage texts={texts} />;
