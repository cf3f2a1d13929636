# Textos de la interfaz. Las claves se comprueban al compilar; una prueba exige las mismas en cada idioma.
# A las personas se les dice «ciudad», nunca «instancia».

## Marco de cada página
skip = Ir al contenido
nav-main = Principal
nav-foot = Más sobre esta red
nav-home = Temas
nav-library = Biblioteca
nav-cities = Ciudades
nav-network = Estado de la red
nav-network-short = Red
nav-settings = Mis ajustes
nav-admin = Cuentas
nav-sign-in = Entrar
nav-sign-out = Salir
to-home = Ir al inicio
foot-software = Hecho con Tequio, programa libre
switch-language = Idioma
switch-theme = Colores
theme-auto = Automático
theme-light = Claro
theme-dark = Oscuro
pages-label = Páginas
pages-previous = Anterior
pages-next = Siguiente
pages-position = Página { $current } de { $last }

## Fechas y cantidades
month-1 = enero
month-2 = febrero
month-3 = marzo
month-4 = abril
month-5 = mayo
month-6 = junio
month-7 = julio
month-8 = agosto
month-9 = septiembre
month-10 = octubre
month-11 = noviembre
month-12 = diciembre
date-long = { $day } de { $month } de { $year }
date-time = { $day } de { $month } de { $year }, { $time } UTC
never = nunca
count-replies = { $count ->
    [0] Sin respuestas
    [one] 1 respuesta
   *[other] { $number } respuestas
}
count-comments = { $count ->
    [0] Sin comentarios
    [one] 1 comentario
   *[other] { $number } comentarios
}
count-threads = { $count ->
    [0] Sin conversaciones
    [one] 1 conversación
   *[other] { $number } conversaciones
}
count-objects = { $count ->
    [0] Sin fichas
    [one] 1 ficha
   *[other] { $number } fichas
}
count-entries = { $count ->
    [0] Sin aportes
    [one] 1 aporte
   *[other] { $number } aportes
}
count-people = { $count ->
    [0] Sin miembros
    [one] 1 miembro
   *[other] { $number } miembros
}
count-files = { $count ->
    [one] 1 archivo
   *[other] { $number } archivos
}
count-useful = { $count ->
    [0] Útil
   *[other] Útil · { $number }
}
count-found-useful = { $count ->
    [one] útil para 1 persona
   *[other] útil para { $number } personas
}

## Inicio
home-title = Inicio
home-headline = { $cities } ciudades que aprenden unas de otras
home-intro = Pregunte, responda y lleve a su ciudad lo que a otra le funcionó. Todo lo compartido queda en la biblioteca pública, copiado en cada ciudad: { $objects } y { $threads } hasta hoy.
home-topics = Temas
home-unanswered = Consultas sin respuesta
home-library = Nuevo en la biblioteca
home-library-all = Ver toda la biblioteca
home-cities = Las ciudades
door-deciders = Para quien decide
door-deciders-what = Qué es cada tema, por qué importa y qué hay que resolver
door-practitioners = Para quien lo hace
door-practitioners-what = Procesos, casos, lecciones y herramientas listas para usar
home-none-unanswered-what = Todas las consultas tienen respuesta
home-none-unanswered-why = Aquí aparecen las preguntas que nadie ha contestado todavía.
home-no-objects-what = Todavía no hay fichas
home-no-objects-why = Aquí se muestra lo último que las ciudades guardaron en la biblioteca.
home-see-library = Ver la biblioteca
city-own = Esta ciudad

## Temas
topic-eyebrow = Tema
topic-ask = Preguntar o conversar
topic-add = Agregar una ficha
topic-follow = Seguir este tema
topic-unfollow = Dejar de seguir
topic-followed = Lo sigue
topic-for-deciders = Para quien decide: qué es y por qué importa
topic-for-practitioners = Para quien lo hace: qué encontrará aquí
topic-parts = Partes del tema
topic-not-found = Ese tema no existe en esta red.
tab-threads = Conversaciones
tab-library = Biblioteca
tab-glossary = Glosario
tab-people = Personas
tab-cities = Ciudades
filter-label = Filtros
filter-all = Todas
filter-questions = Consultas
filter-conversations = Conversaciones
filter-unanswered = Sin respuesta
filter-apply = Aplicar filtros
filter-clear = Quitar filtros
filter-any = Todos
threads-empty-what = Aquí van las consultas y conversaciones del tema
threads-empty-why = Todavía no hay ninguna con este filtro.
objects-empty-what = Aquí van las fichas de la biblioteca
objects-empty-why = Ninguna ficha cumple estos filtros.
glossary-empty-what = Aquí van las palabras del tema
glossary-empty-why = Este tema todavía no tiene glosario.
people-empty-what = Aquí van las personas que participan en el tema
people-empty-why = Nadie ha participado todavía.
glossary-letters = Letras del glosario
shelf-missing = Falta.
shelf-missing-who = ¿Quién lo tiene?

## Conversaciones
kind-question = Consulta
kind-question-what = Pide ayuda; una respuesta puede quedar aceptada
kind-conversation = Conversación
kind-conversation-what = Comparte una noticia, una idea o un debate
state-answered = Respondida
state-unanswered = Sin respuesta
thread-to-answer = Ir a la respuesta aceptada
thread-answers = Respuestas
thread-comments = Comentarios
thread-facts = En resumen
thread-cities = Ciudades que participan
thread-opened = Abierta
thread-last = Última actividad
thread-empty-what = Aquí van las respuestas
thread-empty-why-question = Nadie ha contestado todavía. Si sabe algo, aunque sea poco, ayuda.
thread-empty-why = Nadie ha comentado todavía.
thread-empty-next = Escribir una respuesta
post-accepted = Respuesta aceptada por quien preguntó
post-accept = Aceptar como respuesta
post-unaccept = Quitar la aceptación
post-reply = Responder
post-reply-to = a { $name }
post-replies-to = En respuesta a { $name }
post-edit = Editar
post-edited = editado el { $date }
post-delete = Borrar
post-deleted = Su autor borró este texto.
post-deleted-heading = Texto borrado
post-origin = Ver en la ciudad de origen
reply-heading = Escribir una respuesta
reply-heading-comment = Escribir un comentario
reply-publish = Publicar
reply-sign-in = Para participar, entre con su cuenta
reply-sign-in-why = Leer es libre; escribir es para los miembros de las ciudades.
reply-answering = Respondiendo a { $name }

## Escribir
compose-heading = Nueva consulta o conversación
compose-edit-heading = Editar su texto
compose-edit-comment-heading = Editar su comentario
compose-publish = Publicar
compose-note = Al publicar, su texto se copia a todas las ciudades de la red y es público.
form-preview = Ver cómo queda
form-cancel = Cancelar
form-save = Guardar cambios
form-problems = Hay algo que corregir
preview-heading = Vista previa: todavía no está publicado
field-kind = ¿Qué quiere publicar?
field-title = Título
field-text = Texto
field-comment = Su comentario
field-abstract = Resumen (opcional)
field-topic = Tema
field-audience = Para quién
field-kind-object = Tipo
field-license = Licencia
field-files = Archivos
field-kept-files = Archivos ya recibidos
field-name = Nombre de usuario
field-display-name = Nombre y apellido
field-post = Cargo
field-summary = En qué puede ayudar
field-password = Contraseña
field-password-now = Contraseña actual
field-password-new = Contraseña nueva
field-language = Idioma de la interfaz
field-token = Clave de instalación
hint-title = Escriba la pregunta completa: quien la lea debe entenderla sin abrirla.
hint-markdown = Puede usar **negrita**, listas con guion y enlaces.
hint-object-title = Concreto: qué es y para qué sirve.
hint-object-body = Problema, qué se hizo, costo, obstáculos, resultado, qué cambiaría. Si adjunta un archivo, bastan unas líneas.
hint-abstract = Dos o tres frases; se muestran en las listas.
hint-files = Hasta { $files } archivos de { $megabytes } MB: PDF, documentos, hojas de cálculo y presentaciones (Office o LibreOffice), CSV o texto.
hint-name = Letras minúsculas, números y guion bajo; por ejemplo: amolina.
hint-display-name = Así lo verán las demás ciudades.
hint-password = Al menos { $min } caracteres. Una frase larga es mejor que una palabra rara.
hint-post = Su puesto en la municipalidad.
hint-summary = Temas en los que otras ciudades pueden preguntarle.
hint-token = Se escribió en el registro del servidor al arrancar por primera vez.

## Biblioteca
library-heading = Biblioteca
library-intro = Lo que las ciudades aprendieron, en fichas que cualquiera puede leer, descargar y adaptar.
library-found = { $count ->
    [0] Ninguna ficha
    [one] 1 ficha
   *[other] { $number } fichas
}
object-heading = Nueva ficha para la biblioteca
object-edit-heading = Editar la ficha
object-adapt-heading = Registrar una adaptación
object-intro = Cuatro cosas bastan: un archivo o un texto, un título, el tema y la licencia.
object-publish = Publicar la ficha
object-publish-version = Publicar nueva versión
audience-deciders = Para quien decide
audience-practitioners = Para quien lo hace
audience-both = Para ambos
object-kind-topic-description = Qué es
object-kind-importance = Por qué importa
object-kind-issue = Cuestión
object-kind-process = Proceso
object-kind-lesson = Lección
object-kind-case-study = Caso
object-kind-tool = Herramienta
object-kind-manual = Manual
object-kind-faq = Pregunta frecuente
object-kind-proceedings = Memoria
object-kind-presentation = Presentación
object-kind-reference = Referencia
object-kind-web-link = Enlace
object-kind-organisation = Organización
object-kind-story = Relato
object-kind-template = Plantilla
license-by = CC BY 4.0: reconocer la autoría
license-by-sa = CC BY-SA 4.0: reconocer y compartir igual
license-zero = CC0 1.0: dominio público
knowledge-files = Descargas
knowledge-adapt = Registrar una adaptación
knowledge-adaptations = Adaptaciones en otras ciudades
knowledge-adapts = Adapta a su ciudad:
knowledge-no-adaptations = Ninguna todavía. Si su ciudad la usó y cambió algo, cuéntelo, también si no resultó.
knowledge-cite = Cómo citar
knowledge-no-comments = Nadie ha comentado sus fortalezas o debilidades todavía.
knowledge-facts = En resumen
knowledge-ask = Pregunte a quien lo hizo
knowledge-versions = Versiones
knowledge-version = Versión { $number }
knowledge-see-current = Ver la versión vigente
knowledge-old = Está leyendo la versión { $number }, que ya fue reemplazada.
fact-kind = Tipo
fact-audience = Para quién
fact-city = Ciudad
fact-topic = Tema
fact-published = Publicada
fact-license = Licencia
fact-version = Versión
fact-adaptations = Adaptaciones
file-elsewhere = se está copiando desde la ciudad de origen
citation = { $author } ({ $year }). { $title }. Versión { $version }. { $city }: { $network }. { $href }

## Personas y ciudades
person-objects = Fichas que publicó
person-no-objects = Todavía no ha publicado fichas.
person-threads = Conversaciones que abrió
person-no-threads = Todavía no ha abierto conversaciones.
cities-intro = Cada ciudad tiene su propio servidor y guarda una copia de todo lo que la red comparte.
city-people = Quiénes participan
city-no-people = Nadie de esta ciudad ha participado todavía.
city-objects = Sus fichas más recientes
city-no-objects = Esta ciudad todavía no ha publicado fichas.
city-threads = Sus conversaciones más recientes
city-no-threads = Esta ciudad todavía no ha abierto conversaciones.
city-site = Ir al sitio de esta ciudad

## Estado de la red
network-intro = Las ciudades se envían todo directamente. Si una se cae, las demás siguen; al volver recibe lo que le faltó.
network-verdict-ok = Todo está al día con las { $count } ciudades.
network-verdict-behind = { $count ->
    [one] 1 ciudad está atrasada o fuera de alcance.
   *[other] { $count } ciudades están atrasadas o fuera de alcance.
}
network-city = Ciudad
network-state = Estado
network-heard = Último recibido
network-sent = Último enviado
network-to-send = Por enviar
network-to-get = Por recibir
network-logs = Registros de los temas
network-logs-what = Cuántas entradas firmadas de cada tema guarda esta ciudad, y cuántas sabe que le faltan.
network-topic = Tema
network-entries = Entradas
network-missing = Faltan
recovery-heading = Recuperación de lo propio
recovery-what = El servidor volvió de una copia o de un estado anterior. Pregunta a las otras ciudades hasta dónde llegaban sus propios registros, y recibe de ellas lo que falta. Mientras tanto en esos temas se lee pero no se publica.
recovery-running = En curso: algunos temas todavía no aceptan nada nuevo.
recovery-over = Terminada.
recovery-done = Sigue
recovery-lost = Sigue, con pérdida
recovery-asking = Preguntando
recovery-no-answer = Ninguna ciudad contesta
recovery-waiting = Espera a más ciudades
recovery-began = Desde
recovery-asked = Última pregunta
recovery-recovered = Recuperadas
recovery-lost-count = Perdidas
peer-self = Esta ciudad
peer-ok = Al día
peer-behind = Atrasada
peer-unreachable = Fuera de alcance
peer-unknown = Sin contacto todavía
network-contact = Última señal
network-waiting = en espera desde
alarms-banner = { $count ->
    [one] Hay 1 aviso sobre la red.
   *[other] Hay { $count } avisos sobre la red.
}
alarms-banner-link = Ver qué pasa
alarms-heading = Avisos
alarms-what = Qué anda mal entre las ciudades, visto desde aquí. Cada aviso se cierra solo cuando la causa termina. Lo ve la administración.
alarms-none = Nada anda mal: todas las ciudades dan señales y reciben lo que se les envía.
alarms-kind = Qué pasa
alarms-since = Desde
alarms-until = Hasta
alarms-closed = Avisos anteriores
alarm-silent = No da señales. Lo escrito aquí la espera y nada se pierde; avise a su equipo.
alarm-queue = Contesta, pero no recibe lo que se le envía. Muestre este error a su equipo.
alarm-stuck = Hay entradas suyas que no llegan de ninguna ciudad.
alarm-frozen = Firmó dos historias distintas de un mismo registro. Ese registro está detenido aquí; hable con su equipo antes de hacer nada.

## Cuentas
sign-in-heading = Entrar
sign-in-intro = Con su cuenta de { $city }.
sign-in-forgotten = ¿Olvidó su contraseña? Quien administra le da un enlace para escribir otra.
sign-in-none = ¿No tiene cuenta?
sign-in-register = Pida una
sign-in-wrong = El nombre de usuario o la contraseña no son correctos. Revise mayúsculas y vuelva a intentar.
sign-in-pending = Su cuenta todavía espera la aprobación de la administración de su ciudad.
register-heading = Pedir una cuenta
register-intro = Las cuentas son para personas que trabajan en { $city } o con ella. La administración aprueba cada solicitud.
register-submit = Pedir la cuenta
register-done-heading = Solicitud recibida
register-done = La administración de { $city } la revisará. Cuando la apruebe podrá entrar con la contraseña que eligió.
install-heading = Primer arranque
install-intro = Cree la cuenta de quien administra { $city }. La clave de instalación solo sirve una vez.
install-submit = Crear la administración
install-done = La ciudad está lista. Entre con la cuenta que acaba de crear.
settings-profile = Perfil público
settings-profile-link = Ver mi página
settings-password = Contraseña
settings-password-change = Cambiar la contraseña
settings-sessions = Sesiones abiertas
settings-sessions-what = Si no reconoce alguna, ciérrela y cambie la contraseña.
session-since = Abierta el { $since }; última actividad el { $seen }
session-this = Esta sesión
session-end = Cerrar
accounts-heading = Cuentas
accounts-pending = Solicitudes por decidir
accounts-none-pending = No hay solicitudes pendientes.
accounts-approve = Aprobar
accounts-refuse = Rechazar
accounts-create = Crear una cuenta
accounts-create-do = Crear la cuenta
accounts-all = Todas las cuentas
accounts-all-what = Conviene que administren al menos dos personas. Nadie cambia su propia cuenta. Lo que alguien publicó queda aunque su cuenta se cierre.
accounts-do = Cambiar
accounts-appoint = Dar la administración
accounts-dismiss = Quitar la administración
accounts-link = Contraseña nueva
accounts-close = Cerrar
accounts-open = Abrir
link-heading = Enlace para { $name }
link-what = Sirve una sola vez, durante 48 horas, y solo se muestra ahora. Entréguelo en persona o por un medio seguro: quien lo tenga puede entrar con esa cuenta.
reset-heading = Contraseña nueva
reset-intro = Escriba la contraseña nueva de la cuenta «{ $name }». Las sesiones abiertas se cerrarán.
reset-submit = Guardar la contraseña
need-new-link = Este enlace ya no sirve: se usó, venció o se hizo otro. Pida uno nuevo a quien administra.
accounts-role = Papel
accounts-state = Estado
accounts-since = Desde
role-member = Miembro
role-admin = Administración
account-pending = Pendiente
account-active = Activa
account-closed = Cerrada

## Borrar
delete-heading = ¿Borrar este texto?
delete-what = Se borrará en todas las ciudades. En su lugar quedará una nota de que hubo un texto. No se puede deshacer.
delete-do = Sí, borrar
delete-object-heading = ¿Retirar esta ficha?
delete-object-do = Sí, retirar

## Avisos después de una acción
notice-published = Publicado. Las demás ciudades lo recibirán en segundos.
notice-saved = Cambios guardados.
notice-deleted = Borrado.
notice-password = Contraseña cambiada. Se cerraron las demás sesiones.
notice-session-ended = Sesión cerrada.
notice-approved = Cuenta aprobada.
notice-refused = Solicitud rechazada.
notice-reset = Contraseña guardada. Entre con ella.
notice-appointed = Desde ahora administra esta ciudad.
notice-dismissed = Ya no administra esta ciudad.
notice-account-closed = Cuenta cerrada. Sus sesiones terminaron.
notice-account-opened = Cuenta abierta de nuevo.
notice-account-created = Cuenta creada.
notice-followed = Pedido enviado. Aquí verá cuando lo acepten.
notice-unfollowed = Ya no lo sigue.
notice-topic-followed = Pedido enviado en nombre de la ciudad. Lo leerán quienes siguen el tema.
notice-report-closed = Reporte cerrado.
notice-signed-out = Ha salido.
notice-installed = La ciudad está lista.

## Qué hace falta en un campo
need-missing = { $field }: escriba algo.
need-too-short = { $field }: es demasiado corto.
need-too-long = { $field }: es demasiado largo.
need-too-long-shown = Texto: con todo su formato es demasiado largo para enviarlo a las demás ciudades. Acórtelo, quítele formato o póngalo en un archivo.
need-password-short = Contraseña: use al menos { $min } caracteres.
need-name-form = Nombre de usuario: de 2 a 30 letras minúsculas sin tilde, números o guion bajo, y que empiece con una letra.
need-name-taken = Nombre de usuario: ya existe. Elija otro.
need-name-lost = Nombre de usuario: es de alguien cuya cuenta se perdió al restaurar una copia; lo que escribió sigue aquí. Elija otro.
need-choice = { $field }: elija una opción de la lista.
need-body-or-file = Texto: escriba algo o adjunte un archivo.
need-file-kind = Archivo «{ $name }»: ese tipo no se acepta. Use PDF, documentos de oficina (Office o LibreOffice), CSV o texto.
need-file-size = Archivo «{ $name }»: es más grande que { $megabytes } MB.
need-file-count = Archivos: { $files } como máximo.
need-password-now = Contraseña actual: no es correcta.
need-token = Clave de instalación: no es correcta o ya se usó. Está en el registro del servidor.

## Errores
error-400-heading = No entendimos la solicitud
error-400 = Vuelva atrás e inténtelo de nuevo.
error-403-heading = No puede hacer esto
error-403 = Su cuenta no tiene permiso para esta acción.
error-403-form-heading = Este formulario ya no es válido
error-403-form = Pasó mucho tiempo o la sesión cambió. Vuelva a abrir la página, copie su texto de abajo y envíelo otra vez.
error-403-session-heading = Su sesión terminó
error-403-session = Entre de nuevo. Lo que escribió está abajo: cópielo antes de seguir.
error-404-heading = No está aquí
error-404 = La página no existe, se borró o todavía no llega desde otra ciudad.
error-405-heading = Aquí no se puede hacer eso
error-405 = La dirección existe, pero no acepta esta acción.
error-413-heading = Es demasiado grande
error-413 = Lo enviado supera el límite: { $files } archivos de { $megabytes } MB cada uno.
error-422-heading = Hay algo que corregir
error-422 = Revise lo que escribió e inténtelo de nuevo.
error-vote-own = No puede votar por su propio texto.
error-429-heading = Demasiados intentos
error-429 = Espere { $seconds } segundos y vuelva a intentar.
error-500-heading = Algo falló de nuestro lado
error-500 = No fue culpa suya. El error quedó anotado; inténtelo de nuevo en un momento.
error-503-heading = La ciudad está ocupada
error-503 = No pudimos confirmar que se guardara lo que envió. Espere un momento, mire si ya está y, si no, envíelo de nuevo.
error-507-heading = La ciudad no tiene dónde guardarlo
error-507 = El disco de este servidor está lleno: lo que envió no se guardó. Se puede seguir leyendo. Avise a quien administra la ciudad y envíelo de nuevo más tarde.
error-held-heading = La ciudad está recuperando lo suyo
error-held = El servidor volvió de una copia y está preguntando a las otras ciudades hasta dónde había escrito. Leer se puede; publicar, en cuanto termine. Lo que envió no se guardó: inténtelo de nuevo en unos minutos. El estado está en «Red».
error-typed = Lo que escribió
error-typed-hint = No se ha perdido: cópielo desde aquí.
error-back = Volver
knowledge-text = Texto de la ficha
thread-opening = Lo que se pregunta o se cuenta

## Fuera de la red
outside = Fuera de la red
outside-host = { $host } (fuera de la red)
outside-note = desde fuera de la red, recibido por { $city }
outside-post-origin = Ver en su servidor
outside-vote-note = Su «útil» sale de la red: se envía a { $host } con su nombre.
outside-person-what = Escribe desde { $host }, un servidor que no es de esta red. Lo que dice aquí lo recibió una de nuestras ciudades.
outside-person-page = Ver su página en { $host }
nav-outside = Fuera
outside-heading = Fuera de la red
outside-intro = Siga desde aquí a personas y comunidades de otras redes sociales abiertas: Mastodon, Lemmy, PieFed, Mbin, NodeBB y otras.
outside-tab-followed = Lo que sigo
outside-tab-messages = Mensajes
outside-search = Buscar a alguien o algo de fuera
outside-search-hint = Pegue @nombre@servidor, !comunidad@servidor o la dirección de una página (https://…).
outside-search-do = Buscar
outside-search-note = Su ciudad le pregunta a ese servidor; su nombre no se envía hasta que decida seguir.
outside-found-heading = Resultado de la búsqueda
outside-none-heading = No se encontró
outside-follow = Seguir
outside-unfollow = Dejar de seguir
outside-follow-note = Al seguir, su nombre se envía a { $host }.
outside-followed = Lo que usted sigue
outside-followed-none = Todavía no sigue a nadie de fuera. Búsquelo arriba.
outside-items = Lo último
outside-items-later = Más antiguo
outside-items-empty-what = Aquí va lo que publican las personas y comunidades que sigue
outside-items-empty-why = No ha llegado nada desde que las sigue: llega lo que publiquen de ahora en adelante.
outside-older = Ver más antiguos
outside-newest = Volver a lo último
outside-through = llegó por { $name }
outside-is-reply = Respuesta
outside-no-text = (sin texto)
outside-read-there = Leer en { $host }
outside-useful = Útil
outside-back = Volver a lo que sigo
outside-item-note = Copia recibida de { $host }. Aquí no se carga nada de otros servidores: imágenes y videos están como enlaces.
outside-state-asked = Pedido
outside-state-accepted = Lo sigue
outside-state-rejected = No aceptó
outside-kind-person = Persona
outside-kind-group = Comunidad
outside-kind-service = Cuenta automática
outside-kind-application = Aplicación
outside-kind-organization = Organización
outside-not-understood = Búsqueda: escriba @nombre@servidor, !comunidad@servidor o una dirección completa que empiece con https://
outside-not-allowed = Búsqueda: a ese servidor no se le puede preguntar.
outside-no-answer = El servidor no existe o no responde. Revise cómo está escrito o inténtelo más tarde.
outside-unknown = El servidor respondió que no conoce eso, o que se borró. Revise cómo está escrito.
outside-not-social = Allí hay algo, pero no es una persona, una comunidad ni un texto de una red social abierta.
outside-too-often = Ha buscado muchas veces seguidas. Espere { $seconds } segundos y vuelva a intentar.
outside-ours = Algo falló de nuestro lado. Inténtelo de nuevo en un momento.
outside-follow-limit = Sigue ya a tantas cuentas de fuera como se puede. Deje de seguir alguna primero.
outside-for-topics = Lo que la ciudad sigue por sus temas
outside-for-topics-what = La oficina de la ciudad sigue estas comunidades; lo que publican lo lee aquí quien sigue el tema.
outside-topic-which = Seguir por un tema
outside-topic-hint = La ciudad sigue la comunidad con su cuenta de oficina; sin nombre de nadie. Lo leen quienes siguen el tema.
outside-topic-follow = Seguir para el tema
outside-topic-only-communities = Por un tema se siguen comunidades de otros servidores. Esta cuenta no lo es o no recibe mensajes: sígala usted, con su propio nombre.
outside-topic-limit = La ciudad sigue ya tantas comunidades de fuera como puede. Deje de seguir alguna primero.

## Seguir desde fuera
follow-topic-heading = Seguir este tema desde fuera de la red
follow-topic-intro = Si usa Mastodon, Lemmy u otra red social abierta, copie una de estas líneas y péguela en su buscador. No necesita cuenta aquí.
follow-person-heading = Seguir a esta persona desde fuera de la red
follow-person-intro = Si usa Mastodon u otra red social abierta, copie una de estas líneas y péguela en su buscador. No necesita cuenta aquí.
follow-copy-handle = Mastodon, Mbin, NodeBB, PieFed y otras
follow-copy-community = Lemmy y PieFed
follow-copy-url = Dirección, si lo anterior no se encuentra
follow-lemmy = Esta ciudad es una comunidad: se lee, se responde y se vota en lo que se abre aquí. Lo que abren las demás ciudades está en la comunidad de cada una.
follow-mbin = Es una revista, con lo que se abre en esta ciudad. Las demás ciudades tienen cada una la suya.
follow-piefed = Es una comunidad, con lo que se abre en todas las ciudades del tema.
follow-nodebb = Es una categoría, con lo que se abre en todas las ciudades del tema.
follow-mastodon = Es una cuenta que muestra lo nuevo de todas las ciudades. Se responde a cada texto; marcarlo como favorito cuenta como «útil».
follow-siblings = Las comunidades de las demás ciudades
follow-siblings-what = Para Lemmy y Mbin, donde cada ciudad se sigue por separado. Esta página muestra las de todas.
follow-person-mastodon = Verá lo que publique. Si le responde, su respuesta aparece en la conversación.
follow-person-lemmy = No sigue a personas: siga las comunidades de los temas en que participa.

## Mensajes privados
messages-heading = Mensajes
messages-intro = Mensajes privados que le enviaron desde otras redes sociales. Solo usted los ve y no se copian a ninguna otra ciudad.
messages-answer = Aquí solo se leen. Para contestar, escríbale a esa persona desde una cuenta en la red que ella usa.
messages-empty-what = Aquí van los mensajes privados que le lleguen de fuera
messages-empty-why = No tiene ninguno.
message-from = Mensaje de { $name }
message-delete = Borrar
message-delete-this = el mensaje de { $name }

## Reportes
admin-tab-accounts = Cuentas
admin-tab-reports = Reportes
admin-parts = Partes de la administración
reports-heading = Reportes
reports-intro = Lo que otros servidores o sus miembros señalan de lo que está publicado aquí. Revíselo y ciérrelo; a quien reportó no se le responde.
reports-open = Por revisar
reports-closed = Cerrados hace poco
reports-empty-what = Aquí van los reportes por revisar
reports-empty-why = No hay ninguno.
report-comment = Un comentario
report-by = Reportado por
report-no-reason = Sin explicación.
report-close = Cerrar
report-close-this = el reporte sobre { $name }
report-closed-at = Cerrado el { $date }

## Servidores de fuera, para la administración
network-outside = Servidores de fuera
network-outside-what = Servidores de otras redes sociales que siguen algo de aquí o escriben aquí. Solo lo ve la administración.
network-outside-none = Ninguno todavía.
network-host = Servidor
network-followers = Seguidores
network-error = Último error
network-counts = Actividades recibidas de fuera
network-counts-what = Desde que arrancó el servidor.
network-counts-none = Ninguna todavía.
network-kind = Actividad
network-received = Recibidas
network-taken = Con efecto
network-lag-more = más de { $number }

## Acta de coordinación
tab-acta = Acta
topic-coordinated-by = Coordina
topic-coordinates = hasta el { $end }
acta-seat-heading = Quién coordina
acta-seat-says = coordina este tema.
acta-seat-none = Nadie coordina este tema por ahora. La mayoría de las ciudades puede darle el turno a una de ellas.
acta-seat-unfounded = La coordinación de este tema todavía no se ha fundado.
acta-seat-term = Turno { $number }: del { $start } al { $end }.
acta-seat-next = Después le toca a { $city }, desde el { $start }.
acta-seat-posting = Preguntar, responder y publicar no depende de quién coordine.
acta-tasks-heading = Lo que su ciudad puede hacer ahora
acta-terms-heading = Turnos
acta-term = Turno { $number }
acta-term-lasts = En curso
acta-term-over = Terminado
acta-opened-genesis = Empezó con la fundación del tema, escrita por { $city }.
acta-opened-seal = Empezó por traspaso: { $city } entregó la coordinación.
acta-opened-certificate = Empezó por relevo: la mayoría de las ciudades dio el turno.
acta-settled = Firme: lo han visto { $seen } de { $of } ciudades, y ya nada puede deshacerlo.
acta-unsettled = Lo han visto { $seen } de { $of } ciudades; queda firme cuando lo vea la mayoría.
acta-ended-leave = La ciudad dejó el tema durante su turno.
acta-ended-fork = El turno terminó porque el registro de la ciudad se contradice.
acta-schedule-heading = Calendario acordado
acta-members-heading = Ciudades que participan
acta-member = Participa
acta-member-coordinates = Coordina
acta-member-left = Se retiró
acta-member-removed = Retirada
acta-acts-heading = Todo lo que se ha dicho
acta-acts-what = Cada línea está firmada por la ciudad y por la persona que la escribió. Lo que no cuenta también queda aquí, con su razón.
acta-by-itself = El programa de la ciudad
acta-empty-what = Aquí se lee quién coordina el tema y cómo pasó de una ciudad a otra.
acta-empty-why = Nadie ha fundado todavía la coordinación de este tema.
acta-verdict-good = Vale
acta-verdict-refused = No cuenta
acta-verdict-waits = Espera
acta-note-add = Añadir unas palabras para las demás ciudades
acta-not-done = No se hizo. { $why }
acta-not-now = No se hizo: en este momento no le corresponde a su ciudad.

act-genesis = Funda la coordinación con { $count ->
    [one] una ciudad
   *[other] { $count } ciudades
}; empieza { $city }
act-offer = Ofrece el turno { $number } a { $city }
act-withdraw = Retira su oferta
act-accept = Acepta el turno que le ofrecieron
act-reject = Rechaza el turno que le ofrecieron
act-seal = Entrega el turno { $number } a { $city }
act-stand = Se propone para el turno { $number }, porque la coordinación no responde
act-endorse = Respalda que { $city } tome el turno
act-certify = Toma el turno { $number } con { $count ->
    [one] un respaldo
   *[other] { $count } respaldos
}
act-acknowledge = Confirma cómo terminó el turno
act-propose = Propone { $what }
act-approve = Aprueba { $what }
act-change = Hace el cambio aprobado: { $what }
act-record-leave = Anota que { $city } se retiró
act-leave = Se retira del tema
change-add = que participe { $city }
change-remove = que deje de participar { $city }
change-update = los nuevos datos de { $city }
change-schedule = el calendario de turnos: { $lines }
change-schedule-empty = vaciar el calendario de turnos
wait-entry = Falta que llegue otra entrada de la que depende. Cuando llegue se juzga de nuevo.
wait-term = Falta que empiece el turno { $number }. Entonces se juzga de nuevo.

reason-second-genesis = El tema ya estaba fundado.
reason-bad-genesis = La fundación nombra una ciudad dos veces o un coordinador que no participa.
reason-replayed = Es la repetición de la entrada { $place } del mismo registro.
reason-forked = El registro de la ciudad se contradice desde la entrada { $place }: lo que sigue no dice nada.
reason-not-member = La ciudad no participaba en ese momento.
reason-has-left = La ciudad se había retirado (entrada { $place } de su registro).
reason-not-coordinator = El turno { $number } es de { $city }.
reason-wrong-term = Nombra el turno { $number }, que no sigue al que termina.
reason-before-start = Está antes del comienzo de su turno (entrada { $place } de su registro).
reason-after-end = Su turno ya había terminado: cuenta hasta la entrada { $place } de su registro.
reason-offer-open = Hay otra oferta sin resolver (entrada { $place }). Primero hay que retirarla.
reason-offer-to-non-member = La ciudad a la que se ofrece el turno no participa en el tema.
reason-offer-to-self = Una ciudad no puede ofrecerse el turno a sí misma.
reason-offer-changed = Responde a una oferta distinta de la que se hizo.
reason-offer-refused = La oferta no vale, así que su respuesta tampoco.
reason-offer-withdrawn = La oferta se había retirado.
reason-not-an-offer = Lo que nombra no es una oferta.
reason-not-offered-to-you = La oferta era para otra ciudad.
reason-answered-already = La ciudad ya había respondido (entrada { $place } de su registro).
reason-not-accepted = Nadie ha aceptado esa oferta.
reason-successor-differs = Nombra a otra ciudad que la oferta.
reason-sealed-already = Ya había entregado el turno (entrada { $place } de su registro).
reason-outranked = El turno siguiente empezó de otra manera, por { $city }.
reason-no-such-term = Lo que nombra no abrió ningún turno de este tema.
reason-own-seat = Quien coordina no puede proponerse para relevarse.
reason-not-a-candidacy = Lo que nombra no es una candidatura válida.
reason-endorsed-already = La ciudad ya había dado su único respaldo para este relevo (entrada { $place } de su registro).
reason-acknowledged-already = La ciudad ya había confirmado cómo terminó el turno.
reason-short-of-quorum = Faltan votos: tiene { $have } de { $need }.
reason-head-differs = No nombra la última entrada que vieron quienes respaldan ({ $place }).
reason-certified-already = Ya había mostrado su mayoría (entrada { $place } de su registro).
reason-already-member = La ciudad ya participa.
reason-unknown-member = La ciudad no participa, o no se ha retirado.
reason-coordinator-stays = Quien coordina no puede retirarse así: entrega el turno, o se retira del tema.
reason-key-not-current = La firma no es de la clave que la ciudad tiene anotada.
reason-not-undoable = Solo se puede retirar una oferta propia que siga abierta.

task-found = Fundar la coordinación
task-found-what = Su ciudad es la fundadora. Escriba qué ciudad coordina primero y cuánto dura un turno.
task-found-do = Fundar
task-offer = Pasar la coordinación a otra ciudad
task-offer-what = Su ciudad coordina. Ofrezca el siguiente turno; la otra ciudad acepta y luego usted entrega.
task-offer-do = Ofrecer el turno
task-waiting = Se espera la respuesta de { $city }
task-waiting-what = Mientras no responda puede retirar la oferta.
task-withdraw-do = Retirar la oferta
task-seal = { $city } aceptó: falta entregar
task-seal-what = Al entregar termina el turno de su ciudad y empieza el de { $city }. No se puede deshacer.
task-seal-do = Entregar la coordinación
task-rejected = { $city } no aceptó
task-rejected-what = Retire la oferta para poder ofrecer el turno a otra ciudad.
task-answer = { $city } le ofrece el turno { $number }
task-answer-what = Del { $start } al { $end }. Su respuesta es una sola; si acepta, la otra ciudad entrega después.
task-accept-do = Aceptar
task-reject-do = Rechazar
task-proposal = Propuesta: { $what }
task-proposal-what = Aprueban { $count } de { $of } ciudades; hacen falta { $need }.
task-approve-do = Aprobar
task-enact-do = Hacer el cambio
task-departure = { $city } se retiró
task-departure-what = Anótelo para que deje de contar en las mayorías.
task-departure-do = Anotar
task-members = Cambiar quién participa
task-members-what = Proponga que una ciudad entre o salga; las demás aprueban.
task-members-do = Proponer un cambio

takeover-heading = Relevo
takeover-lead = Si la ciudad que coordina deja de responder, la mayoría de las demás puede dar el turno a otra.
takeover-majority-heading = Qué es una mayoría
takeover-holder = Coordina { $city }.
takeover-no-holder = { $city } coordinaba; ahora nadie coordina.
takeover-majority = En este turno votan { $of } ciudades: hacen falta { $need } respaldos.
takeover-rule-one = Cada ciudad tiene un solo respaldo por relevo y no puede retirarlo. Antes de respaldar, intente hablar con quien coordina.
takeover-rule-past = Lo que quien coordina hizo hasta donde lo vieron quienes respaldan sigue valiendo. Lo que haga después no cuenta en ninguna ciudad.
takeover-candidacies = Quién se propone
takeover-empty-what = Aquí aparecen las ciudades que se proponen y quién las respalda.
takeover-empty-why = Ninguna ciudad se ha propuesto para este relevo.
takeover-candidacy = Se propone para el turno { $number }, del { $start } al { $end }.
takeover-count = { $have } de { $need } respaldos necesarios
takeover-stand = Proponer a su ciudad
takeover-your-turn = Su ciudad
takeover-endorse = Respaldar
takeover-endorse-what = Su ciudad tiene un solo respaldo para este relevo y no podrá cambiarlo.
takeover-own-what = Su ciudad también tiene un respaldo. Cuando haya mayoría, tome el turno.
takeover-certify = Tomar el turno

offer-heading = Ofrecer el siguiente turno
offer-what = Elija la ciudad que coordinará después y las fechas previstas. Las fechas orientan; el turno cambia cuando usted entrega.
offer-after = La otra ciudad acepta o rechaza. Si acepta, usted entrega y su turno termina.
offer-do = Ofrecer
item-note = Nota
item-task = Tarea pendiente
item-contact = Contacto
field-notes = Notas para quien recibe
field-tasks = Tareas pendientes
field-contacts = Contactos
hint-notes = Opcional, una por línea. Lo que conviene saber: acuerdos, fechas, dónde están los documentos.
hint-tasks = Opcional, una por línea. La otra ciudad las revisa una por una antes de aceptar.
hint-contacts = Opcional, uno por línea. Los leerá cualquiera y quedan en el acta: escriba oficinas y cargos, no datos personales.
task-items = Lo que recibe su ciudad
task-items-what = Marque cada línea cuando la haya revisado. Para aceptar tienen que estar todas.
need-each-item = Lo que recibe su ciudad: marque cada línea antes de aceptar.
need-line-too-long = { $field }: cada línea puede tener hasta { $max } caracteres.
need-too-many-lines = { $field }: entre las tres listas caben { $max } líneas.
ready-heading = Lista para coordinar
ready-says = Su ciudad cumple { $met } de { $of }. Solo lo ven quienes administran aquí.
ready-deputy = Administran { $count } personas: alguien puede suplir.
ready-deputy-not = Solo una persona administra. Dé la administración a otra en «Cuentas».
ready-whole = Este servidor tiene todo lo que las demás ciudades han dicho en el tema.
ready-whole-not = A este servidor le falta algo de lo que las demás ciudades han dicho en el tema: vea «Red».
ready-backup = El último respaldo es del { $date }.
ready-backup-not = No hay respaldo de los últimos { $days } días. Quien cuida el servidor lo hace con «tequio backup», cada noche.
ready-rehearsal = La última prueba de un respaldo es del { $date }.
ready-rehearsal-not = Ningún respaldo se ha probado en los últimos { $days } días. Quien cuida el servidor lo hace con «tequio restore --check».
term-heading = { $topic }, turno { $number }: { $city }
term-acts = Cómo se decidió
term-digest = Huella de la entrada:
term-print = Para guardar esta constancia en papel o como PDF, use «Imprimir» en su navegador.
stand-heading = Proponer a su ciudad
stand-what = Su ciudad se propone para coordinar porque la que coordina no responde. Después hacen falta los respaldos de la mayoría.
stand-do = Proponerse
found-heading = Fundar la coordinación
found-what = Participan las ciudades cuyo grupo se conoce aquí. Esto se escribe una sola vez; lo demás se cambia después entre todas.
found-members = Participarán: { $cities }.
found-do = Fundar
leave-heading = Retirarse del tema
leave-what = Su ciudad deja de participar en la coordinación de este tema. Lo que su gente escribió se queda donde está.
leave-after = Si su ciudad coordina, el turno termina y nadie coordina hasta que la mayoría lo dé a otra.
leave-do = Retirarse
members-heading = Proponer un cambio
members-what = El cambio se hace cuando lo aprueban las ciudades que exige la fundación. Su ciudad cuenta como aprobada.
members-do = Proponer
field-city = Ciudad
field-start = Empieza
field-end = Termina
field-term-days = Días que dura un turno
field-quorum = Quién aprueba cambios
field-change = Cambio
field-note = Palabras para las demás ciudades (opcional)
hint-note = Las leerá cualquiera, con su nombre.
quorum-majority = Más de la mitad de las ciudades
quorum-two-thirds = Dos tercios de las ciudades
quorum-coordinator = Quien coordina, sin preguntar
change-choice-add = Que entre
change-choice-remove = Que salga
change-choice-update = Anotar sus datos de ahora
notice-acta = Anotado en el acta. Las demás ciudades lo verán en segundos.
need-end-after-start = Termina: la fecha tiene que ser posterior al comienzo.
need-day = { $field }: escriba una fecha, como 2027-01-31.
need-term-days = Días que dura un turno: un número de 1 a 3650.
need-known-city = Ciudad: elija una que participe y cuyo grupo se conozca aquí.

## Supresiones
admin-tab-erasures = Supresiones
erasures-heading = Supresiones
erasures-intro = Borrar una publicación la oculta, pero su texto queda en los registros de todas las ciudades. Suprimirla lo quita también de ahí, para siempre, junto con sus archivos. Hágalo cuando alguien tenga derecho a ello.
erasure-new = Suprimir una publicación
erasure-address = Dirección de la publicación
erasure-address-hint = Cópiela del navegador. Solo se pueden suprimir las de miembros de esta ciudad; las de otra las suprime su ciudad.
erasure-reason = Motivo
erasure-reason-hint = Queda aquí, para la administración. No se publica ni se copia a otras ciudades.
erasure-sure = Entiendo que no se puede deshacer y que las demás ciudades también la suprimirán.
erasure-do = Suprimir para siempre
erasures-made = Suprimidas
erasures-empty-what = Aquí van las publicaciones suprimidas y qué ciudades lo confirmaron
erasures-empty-why = No se ha suprimido ninguna.
erasure-by = Por { $name }
erasure-confirmed = Confirmada por { $done } de { $all } ciudades
erasure-everywhere = En todas
erasure-under-way = En camino
erasure-done = Confirmada por:
erasure-open = Falta que confirmen:
notice-erased = Publicación suprimida. Las demás ciudades harán lo mismo y lo confirmarán aquí.
need-post-address = Dirección de la publicación: no es la de una publicación de esta red. Cópiela de la página de la publicación.
need-own-post = Dirección de la publicación: es de otra ciudad. Pídalo a la administración de esa ciudad.
need-sure = Marque la casilla para confirmar que entiende que no se puede deshacer.
need-text-to-erase = Esa publicación ya está suprimida: no queda texto suyo en el registro.

## Novedades de los registros, en /red
mesh-heading = Novedades de los registros
mesh-what = Lo que no va como siempre. Casi todo se arregla solo; lo marcado en rojo, no.
mesh-pulling = Poniéndose al día con { $topic } de { $city }: faltan { $missing } entradas, llegan { $rate } por segundo desde { $from }.
mesh-vouched = La llave de { $city } en { $topic } se conoce por palabra de { $tellers }: esa ciudad no responde para mostrarla ella misma.
mesh-disputed = Las ciudades no coinciden sobre la llave de { $city } ({ $tellers }). No se toma nada de ese registro hasta que la ciudad responda.
mesh-forked = { $city } firmó dos versiones distintas de su registro de { $topic } a partir de la entrada { $seq } ({ $date }). En todas las ciudades el registro termina antes de ella; lo demás sigue.
mesh-forked-own = El registro de { $topic } de esta ciudad tiene dos versiones firmadas a partir de la entrada { $seq } ({ $date }). Ya no recibe publicaciones de aquí; avise a quien administra el servidor.
mesh-forking = { $city } firmó dos versiones distintas de su registro de { $topic } ({ $date }). Se busca dónde se separan; mientras tanto no se toma nada más de él.
mesh-fault = { $city } sirvió { $count ->
    [one] una vez
   *[other] { $count } veces
} algo que no se sostiene (la última, { $date }). Por un tiempo se le pregunta al final. Causa: { $reason }

## Moderación de la coordinación
moderate-heading = Moderar
moderate-link = Moderar
moderate-back = Volver al texto
moderate-what = Vale en todas las ciudades y queda en el acta con su nombre y su razón. Se puede deshacer del mismo modo.
moderate-remove = Retirar este texto de la vista
moderate-restore = Volver a mostrar este texto
moderate-lock = Cerrar la conversación a nuevas respuestas
moderate-unlock = Abrir de nuevo la conversación
moderate-do = Decidir
field-ruling = Decisión
field-reason = Razón
hint-reason = La leerá cualquiera, con su nombre.
act-remove = Retira un texto de la vista
act-restore = Vuelve a mostrar un texto
act-lock = Cierra una conversación
act-unlock = Abre de nuevo una conversación
post-removed = La coordinación del tema retiró este texto. La razón está en el acta.
post-removed-heading = Texto retirado
reply-closed = Esta conversación está cerrada
reply-closed-why = La coordinación del tema la cerró a nuevas respuestas. La razón está en el acta.
need-thread-open = La conversación está cerrada a nuevas respuestas. Copie su texto si quiere usarlo en otra.
need-reason = Razón: escriba por qué.
moderate-feature = Destacarlo: aparece primero en el tema
moderate-unfeature = Quitarlo de lo destacado
moderate-ban = Suspender a { $name } en este tema
ban-heading = Suspender a { $name }
ban-what = Quien está suspendido no puede publicar, responder ni corregir en «{ $topic }», en ninguna ciudad. Sigue leyendo, y puede borrar lo suyo. Lo que ya publicó se queda: retírelo aparte si hace falta.
ban-ban = Suspender
ban-unban = Levantar la suspensión
ban-until = Suspensión hasta el { $end }
ban-open = Suspensión sin fecha de término
field-until = Hasta el día
hint-until = Ese día incluido. Vacío: hasta que la coordinación la levante.
need-ahead = Hasta el día: tiene que ser hoy o después.
need-not-banned = La coordinación suspendió su participación en este tema. La razón y la fecha están en el acta. Copie su texto si quiere guardarlo.
need-fewer-featured = Decisión: ya hay { $max } textos destacados. Quite uno antes.
need-fewer-collections = El tema ya tiene { $max } colecciones: disuelva una antes o agregue las fichas a una que ya existe.
act-feature = Destaca un texto
act-unfeature = Quita un texto de lo destacado
act-ban = Suspende a { $name } hasta el { $end }
act-ban-open = Suspende a { $name } sin fecha de término
act-unban = Levanta la suspensión de { $name }
act-page = Cambia la página del tema
act-priorities = { $count ->
    [0] Vacía la lista de prioridades
    [one] Ordena las prioridades: una
   *[other] Ordena las prioridades: { $count }
}
topic-tools = Para quien coordina
page-heading = Editar la página del tema
page-what = Lo que el tema dice de sí mismo, arriba de todo. Vale hasta que una coordinación lo cambie.
hint-topic-summary = Una frase, hasta 500 caracteres.
field-summary-es = Resumen
field-summary-en = Resumen, en inglés
field-deciders-es = Para quienes deciden
field-deciders-en = Para quienes deciden, en inglés
field-practitioners-es = Para quienes lo hacen
field-practitioners-en = Para quienes lo hacen, en inglés
issues-heading = Ordenar las prioridades
issues-title = Prioridades del tema
issues-what = Los asuntos más urgentes del tema, el primero arriba. Se muestran en su página, en todas las ciudades.
hint-issues = Una por línea, en orden. Al final de la línea puede ir la dirección de la conversación o ficha en que se trata.
need-issue-here = Prioridades: en «{ $address }» no hay una conversación o ficha de este tema.
need-fewer-issues = Prioridades: caben { $max }.
need-shorter-issues = Prioridades: cada línea puede tener hasta { $max } caracteres.
featured-title = Destacado por la coordinación
force-heading = Lo que rige
force-what = Las decisiones de la coordinación que están vigentes ahora, con su razón. El acta las guarda todas, también las que ya no rigen.
force-empty-what = No hay decisiones vigentes
force-empty-why = La coordinación no ha retirado, cerrado, destacado ni suspendido nada.
force-removed = Retirado
force-removed-post = Un texto retirado
force-locked = Cerrada
force-featured = Destacado
force-page = Página del tema
force-priorities = Prioridades
force-change = Cambiar
admin-tab-hidden = Ocultos
hide-heading = Ocultar en esta ciudad
hide-link = Ocultar aquí
hide-do = Ocultar aquí
hide-show = Mostrar de nuevo
hide-what = Lo oculto deja de verse en las páginas de esta ciudad, y en ninguna otra. No cambia lo que las ciudades comparten, no queda en el acta, y se puede deshacer.
hide-because = Está oculto por esta razón: { $reason }
hint-hide = La ven solo quienes administran esta ciudad.
post-hidden-heading = Texto oculto
post-hidden = La administración de esta ciudad ocultó este texto en sus páginas.
hidden-empty-what = No hay nada oculto
hidden-empty-why = Debajo de cada texto, «Ocultar aquí» lo quita de las páginas de esta ciudad.
collection-new = Armar una colección
collection-edit = Editar la colección
collection-what = Una colección pone fichas del tema en un orden, para un fin: por ejemplo, lo que conviene leer para empezar. Sin fichas, la colección desaparece.
collections-title = Colecciones
field-collection-summary = Para qué sirve
hint-collection-summary = Opcional, hasta 1000 caracteres.
field-items = Fichas, en orden
hint-items = La dirección de una ficha por línea; puede llevar su título adelante. Una línea que empieza con # abre una parte con ese nombre.
need-collected = Fichas, en orden: ponga la dirección de al menos una.
need-collected-here = Fichas, en orden: en «{ $line }» no hay una ficha de este tema.
need-fewer-collected = Fichas, en orden: caben 100 en 20 partes.
need-shorter-part = Fichas, en orden: el nombre de una parte puede tener hasta 120 caracteres.
act-collection = Arma la colección «{ $name }»
act-dissolve = Deshace la colección «{ $name }»
force-collection = Colección
account-topics-heading = Temas que coordina { $name }
account-topics-what = Quien coordina un tema modera y ordena su contenido mientras esta ciudad tenga el turno: retira, cierra, destaca, suspende, edita la página y las prioridades. Traspasar el turno y votar por la ciudad sigue siendo de la administración.
accounts-topics = { $count ->
    [0] Elegir temas que coordina
    [one] Coordina un tema
   *[other] Coordina { $count } temas
}

# Traspasos
turns-heading = Traspasos
turns-all = Traspasos de todos los temas
turns-intro = Las ciudades se turnan en coordinar cada tema. Aquí se ve quién coordina, hasta cuándo y a quién le toca después.
turns-reminders = Lo que su ciudad tiene por delante
turns-remind-own = { $topic }: su ciudad entrega la coordinación. { $left }.
turns-remind-next = { $topic }: su ciudad recibe la coordinación de { $city }. { $left }.
turns-left = { $days ->
    [0] Termina hoy
    [one] Queda 1 día
   *[other] Quedan { $days } días
}
turns-overdue = { $days ->
    [one] El plazo terminó ayer
   *[other] El plazo terminó hace { $days } días
}
turns-until = hasta el
turns-today = hoy
turns-stretch = { $city }, del { $start } al { $end }
turns-event = Coordina { $city }: { $topic }
turns-event-planned = Le toca coordinar a { $city }: { $topic }
turns-calendar = Calendario (.ics)
turns-calendar-what = Añada la dirección de este calendario al suyo: avisa 60, 30 y 7 días antes de que termine un turno.
turns-empty-what = Aquí se ve de un vistazo quién coordina cada tema.
turns-empty-why = La coordinación de los temas todavía no se ha fundado.
schedule-heading = Acordar el calendario
schedule-what = Quién coordina después y desde cuándo, acordado de antemano. Cuando llegue el momento, la oferta del turno viene ya rellenada; nadie la firma por su ciudad.
task-schedule = Acordar quién sigue
task-schedule-what = Proponga turnos con tiempo; las demás ciudades aprueban.
change-choice-slot = Añadir un turno
change-choice-clear = Vaciar el calendario

## Ciudades que se conocen
admin-tab-siblings = Ciudades
cities-banner = { $count ->
    [one] Una ciudad espera que usted la acepte.
   *[other] { $count } ciudades esperan que usted las acepte.
}
cities-banner-link = Comparar y decidir
siblings-heading = Ciudades de la red
siblings-intro = De quién recibe esta ciudad lo que se escribe, y a quién se lo envía. Una ciudad entra con una invitación; de lado y lado, una persona compara seis palabras antes de que valga nada.
siblings-known = Las que esta ciudad conoce
siblings-none = Todavía ninguna. Invite a una, o pida a otra que la invite.
siblings-address = Dirección
siblings-how = Cómo se conoce
siblings-configured = Está en la configuración.
siblings-one-sided = Falta que ella acepte
siblings-end = Dejar de conocerla
siblings-end-heading = Dejar de conocer a { $city }
siblings-end-what = Esta ciudad no le envía nada más ni toma nada más de ella. Lo que ya llegó se queda, y lo que otras ciudades tengan de ella sigue llegando por medio de esas. Se puede volver a invitar.
met-heading = Por comparar
met-what = Llame por teléfono, a un número que ya conozca, a quien administra la otra ciudad. Cada quien lee en voz alta las palabras de su ciudad; la otra persona las sigue en su pantalla. Si alguna no coincide, alguien se hace pasar por una de las dos: rechace.
met-guest = Vino con una invitación de esta ciudad.
met-host = Invitó a esta ciudad.
met-presented = La presenta { $city }.
met-compare = Compare las palabras por teléfono antes de aceptarla.
met-may-compare = Quien la presenta ya comparó sus palabras; usted puede confiar en eso o comparar también.
met-words-of = Palabras de { $city }
met-words-own = Palabras de { $city } (la suya)
met-brings = Conoce también a: { $names }. Al aceptar a { $city } se aceptan con ella, y ella les presenta a la suya.
met-accept = Coinciden: aceptar a { $city }
met-refuse = Rechazar
invite-heading = Invitar a una ciudad
invite-do = Hacer la invitación
invite-until = hasta el { $until }
invite-used = llegó desde { $url }
invite-withdraw = Retirar
invited-heading = Invitación para { $city }
invited-what = Sirve una sola vez, hasta el { $until }, y solo se muestra ahora. Envíela por un medio seguro a quien administra { $city }: la pega en Cuentas → Ciudades de su propio servidor.
join-heading = Tengo una invitación
join-do = Presentar esta ciudad
field-city-slug = Nombre corto de la ciudad
hint-city-slug = Como está en el archivo de la red de esa ciudad: minúsculas y guiones, por ejemplo san-salvador.
field-link = Dirección de la invitación
hint-link = Completa, con lo que sigue al signo #.
invitation-heading = { $city } invita a una ciudad
invitation-what = La dirección que abrió es una invitación a la red. No se usa en esta página, sino en el servidor de la ciudad invitada.
invitation-step-server = La ciudad invitada instala su servidor y crea su primera cuenta.
invitation-step-paste = Quien la administra entra, abre Cuentas → Ciudades → «Tengo una invitación» y pega la dirección completa.
invitation-step-compare = Las dos ciudades comparan por teléfono las seis palabras de cada una y se aceptan.
invitation-secret = Lo que sigue al signo # es secreto, sirve una sola vez y no se envía a ningún servidor al abrir esta página. No lo publique.
notice-city-met = La ciudad recibió su presentación. Comparen ahora las palabras.
notice-city-accepted = Aceptada. En segundos empieza a llegar lo que escribió.
notice-city-refused = Rechazada. No se guardó nada de ella.
notice-city-ended = Esta ciudad ya no la conoce.
notice-invitation-withdrawn = Invitación retirada.
need-city-slug = Nombre corto de la ciudad: de 2 a 60 letras minúsculas sin tilde, cifras o guiones, por ejemplo san-salvador.
need-unknown-city = Nombre corto de la ciudad: esta ciudad ya la conoce, o es ella misma. Invite a otra.
need-same-keys = Esa ciudad se conoce aquí por otra dirección u otras claves, o es esta misma. Hable con quien la administra antes de aceptar nada.
need-invitation = Dirección de la invitación: pegue la dirección completa que recibió; empieza con https:// y después del signo # trae una clave larga.
need-invitation-for-us = Dirección de la invitación: es para «{ $city }», no para esta ciudad. Pida una con el nombre corto de la suya.
need-city-there = Dirección de la invitación: en esa dirección no contesta ninguna ciudad ({ $cause }). Revise que esté completa, o espere a que su servidor funcione.
need-new-invitation = Dirección de la invitación: la otra ciudad no la acepta ({ $cause }). Pida una nueva.
need-seen = La otra ciudad no pudo ver este servidor en { $url }. Abra esa dirección desde otra red: si no carga, revise el dominio, el certificado y el proxy.
need-same-network = Esa ciudad no comparte ningún tema con esta: es de otra red, o su archivo de la red es otro.
